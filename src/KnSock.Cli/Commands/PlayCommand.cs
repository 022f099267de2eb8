using System.CommandLine;
using System.Globalization;
using KnSock.Cli.Arguments;
using KnSock.Cli.Output;
using KnSock.Cli.Playing;
using KnSock.Client;
using KnSock.Client.Playout;
using KnSock.Protocol.Messages;

namespace KnSock.Cli.Commands;

/// <summary><c>knsock play</c>: plays one channel of a server.</summary>
internal sealed class PlayCommand : Verb
{
    // Twice the library's, which is kn-sock's: whoever plays a film wants all of its pictures.
    private const double DefaultFps = 60;

    private static readonly LiveStreamClientOptions Defaults = new();

    private static readonly Dictionary<string, string> Names = new(WayOptions.Names, StringComparer.Ordinal)
    {
        [nameof(LiveStreamClientOptions.AudioPort)] = "--audio-port",
        [nameof(LiveStreamClientOptions.ControlPort)] = "--control-port",
        [nameof(LiveStreamClientOptions.VideoBufferMs)] = "--video-buffer",
        [nameof(LiveStreamClientOptions.AudioBufferMs)] = "--audio-buffer",
        [nameof(LiveStreamClientOptions.VideoFps)] = "--fps",
        [nameof(LiveStreamClientOptions.MaxTargetDelay)] = "--max-target-delay",
        [nameof(LiveStreamClientOptions.MaxBuffer)] = "--max-buffer",
        [nameof(LiveStreamClientOptions.MaxHeight)] = "--max-height",
        [nameof(LiveStreamClientOptions.MaxBitrate)] = "--max-bitrate",
        [nameof(LiveStreamClientOptions.StartAt)] = "--start",
    };

    private readonly Terminal _terminal;
    private readonly Argument<Endpoint> _server = ServerArgument();
    private readonly Option<string?> _video = new("--video")
    {
        HelpName = "N|NAME",
        Description = "The channel: its index as 'knsock channels' prints it (from 0), or its name. Default: the first.",
    };

    private readonly Option<bool> _headless = new("--headless") { Description = "Open no window and no sound card; decode and check everything all the same." };
    private readonly Option<TimeSpan?> _duration = DurationOption("--duration", "End this long after the first picture: 10s, 500ms, 2m, 1h or plain seconds.");
    private readonly Option<bool> _json = new("--json") { Description = "Print the figures as one JSON object on the last line." };
    private readonly Option<string?> _record = new("--record")
    {
        HelpName = "FILE.mp4",
        Description = "Also write what is played to FILE.mp4, without encoding it again. An existing file is replaced.",
    };

    private readonly Option<double?> _fps = Valued<double?>("--fps", "N", $"Highest rate at which pictures are presented. Default: {DefaultFps}.", ReadFps);
    private readonly Option<int?> _videoBuffer = NumberOption(
        "--video-buffer", "MS", $"Picture that must lie ready before playout starts, in milliseconds. Default: {Defaults.VideoBufferMs}.", lowest: 0, highest: 60_000);

    private readonly Option<int?> _audioBuffer = NumberOption(
        "--audio-buffer", "MS", $"Sound that must lie ready before playout starts, in milliseconds. Default: {Defaults.AudioBufferMs}.", lowest: 0, highest: 60_000);

    private readonly Option<int?> _maxTargetDelay = NumberOption(
        "--max-target-delay",
        "MS",
        $"How high that may become by what is learned of a network that brings things late, in milliseconds. Default: {Defaults.MaxTargetDelay.TotalMilliseconds:0}.",
        lowest: 0,
        highest: 60_000);

    private readonly Option<TimeSpan?> _maxBuffer = DurationOption(
        "--max-buffer",
        $"How far ahead of playout the server may send. 0s: nothing, each picture comes when its time has come. Default: {Defaults.MaxBuffer.TotalSeconds:0}s.",
        orZero: true);

    private readonly Option<int?> _maxHeight = NumberOption(
        "--max-height", "LINES", "No rung with more lines than this, whatever the network carries: 480 for none above 480p.", lowest: 1, highest: 100_000);

    private readonly Option<int?> _maxBitrate = Valued<int?>(
        "--max-bitrate",
        "RATE",
        "No rung with a higher rate than this, picture and sound together: 1.5M, 800k or bits a second.",
        text => BitRate.TryParse(text, out var rate) && rate <= int.MaxValue ? ((int)rate, null) : (null, $"'{text}' is not a rate; write 1.5M, 800k or a number of bits a second"));

    private readonly Option<bool> _separateAudio = new("--separate-audio")
    {
        Description = "A connection of its own for the sound, so that a lost packet of the picture never holds it up; costs the server about twice the sends.",
    };

    private readonly Option<bool> _legacy = LegacyOption();
    private readonly Option<bool> _fromBeginning = new("--from-beginning") { Description = "Start at the beginning of the channel instead of at the live edge; one can seek then." };
    private readonly Option<TimeSpan?> _start = Valued<TimeSpan?>(
        "--start",
        "POSITION",
        "Start here, as with --from-beginning: 1:30, 1:02:03 or 90s.",
        text => ChannelPosition.TryParse(text, out var position) ? (position, null) : (null, $"'{text}' is not a position; write 1:30, 1:02:03 or 90s"));

    private readonly WayOptions _way = new();
    private readonly Option<int?> _audioPort = PortOption("--audio-port", "Port of the sound, which has a connection of its own then. Default: the one that the server announces.", lowest: 1);
    private readonly Option<int?> _controlPort = PortOption("--control-port", "Port of the control connection. Default: the one that the server announces.", lowest: 1);

    /// <summary>Creates the verb.</summary>
    public PlayCommand(Terminal terminal) : base("play", "Play a channel of a server.")
    {
        _terminal = terminal;
        Aliases.Add("connect-live-server");
        Add(_server);
        foreach (var option in (Option[])
        [
            _video, _headless, _duration, _json, _record, _fps, _videoBuffer, _audioBuffer, _maxTargetDelay, _maxBuffer, _maxHeight, _maxBitrate, _fromBeginning, _start, _separateAudio, .. _way.All, _audioPort, _controlPort, _legacy,
        ])
        {
            Add(option);
        }

        SetAction(RunAsync);
    }

    /// <inheritdoc/>
    public override string Usage => "play HOST[:PORT] [OPTIONS]";

    /// <inheritdoc/>
    public override IReadOnlyList<(string CommandLine, string Does)> Examples =>
    [
        ("knsock play 192.168.1.10:9000", "Opens a window. Keys: space pause, m mute, 9/0 volume, f full screen, i figures, 1-8 channel, q quit."),
        ("knsock play 192.168.1.10:9000 --start 1:30", "Plays from there. Keys: left/right seek 5 s (shift: 1 s), up/down 1 min, home the beginning."),
        ("knsock play 192.168.1.10:9000 --video 1 --record talk.mp4", "Plays the second channel and keeps a copy."),
        ("knsock play 127.0.0.1:9000 --headless --duration 20s --json", "Plays 20 s without a window and prints how it went."),
    ];

    private async Task<int> RunAsync(ParseResult result, CancellationToken cancellationToken)
    {
        await using var client = Checked(() => new LiveStreamClient(OptionsFrom(result)), Names);
        var channels = await client.ConnectAsync(cancellationToken);
        if (!ChannelChoice.TryFind(channels, result.GetValue(_video), out var channel, out var error))
        {
            throw new CommandFailure(error);
        }

        var status = new StatusLine(_terminal);
        var playing = Sinks.Create(result.GetValue(_headless), result.GetValue(_record), notice =>
        {
            status.Clear();
            _terminal.Complain(notice);
        });
        var sink = new ObservedSink(playing, new PlayLimits { Duration = result.GetValue(_duration) }, statistics =>
        {
            if (_terminal.ErrorIsTerminal)
            {
                status.Show(statistics);
            }
        });
        var statistics = await PlayAsync(client, channel, sink, status, result.GetValue(_json), cancellationToken);
        Print(statistics, result.GetValue(_json));
        return (sink.GaveUp, playing) switch
        {
            _ when statistics is { JoinMs: null, Errors: [.., var last] } => throw new CommandFailure(last),
            (true, _) => throw new CommandFailure($"no picture came from {result.GetRequiredValue(_server)}; look at the server's log"),
            (_, BranchingSink { Failure: not null }) => ExitCode.Failed,
            _ => ExitCode.Success,
        };
    }

    private async Task<PlaybackStatistics> PlayAsync(
        LiveStreamClient client, ChannelInfo channel, ObservedSink sink, StatusLine status, bool json, CancellationToken cancellationToken)
    {
        try
        {
            return await client.PlayAsync(channel, sink, cancellationToken);
        }
        catch (Exception e) when (sink.Statistics is { } soFar && e is not OperationCanceledException)
        {
            status.Clear();
            Print(soFar with { Errors = [.. soFar.Errors, e.Message] }, json);
            throw;
        }
        finally
        {
            status.Clear();
        }
    }

    private void Print(PlaybackStatistics statistics, bool json)
    {
        var report = PlayReport.From(statistics);
        foreach (var line in json ? [CliJson.Write(report)] : report.ToLines())
        {
            _terminal.Out.WriteLine(line);
        }
    }

    private LiveStreamClientOptions OptionsFrom(ParseResult result) => _way.ApplyTo(PlayoutFrom(result), result);

    private LiveStreamClientOptions PlayoutFrom(ParseResult result) => new()
    {
        Host = result.GetRequiredValue(_server).Host,
        VideoPort = result.GetRequiredValue(_server).Port,
        AudioPort = result.GetValue(_audioPort),
        SeparateAudio = result.GetValue(_separateAudio),
        Legacy = result.GetValue(_legacy),
        ControlPort = result.GetValue(_controlPort),
        VideoBufferMs = result.GetValue(_videoBuffer) ?? Defaults.VideoBufferMs,
        AudioBufferMs = result.GetValue(_audioBuffer) ?? Defaults.AudioBufferMs,
        MaxTargetDelay = result.GetValue(_maxTargetDelay) is { } delay ? TimeSpan.FromMilliseconds(delay) : Defaults.MaxTargetDelay,
        VideoFps = result.GetValue(_fps) ?? DefaultFps,
        MaxBuffer = result.GetValue(_maxBuffer) ?? Defaults.MaxBuffer,
        MaxHeight = result.GetValue(_maxHeight),
        MaxBitrate = result.GetValue(_maxBitrate),
        FromBeginning = result.GetValue(_fromBeginning),
        StartAt = result.GetValue(_start),
    };

    private static (double? Value, string? Error) ReadFps(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var fps) && fps is > 0 and <= 1000
            ? (fps, null)
            : (null, $"'{text}' is not a rate above 0 and up to 1000");
}

using System.CommandLine;
using System.Globalization;
using KnSock.Cli.Arguments;
using KnSock.Cli.Output;
using KnSock.Cli.Serving;
using KnSock.Server;
using Microsoft.Extensions.Logging;

namespace KnSock.Cli.Commands;

/// <summary><c>knsock serve</c>: offers files until it is told to end.</summary>
internal sealed class ServeCommand : Verb
{
    private static readonly TimeSpan EndWithin = TimeSpan.FromSeconds(1.7);
    private static readonly LiveStreamServerOptions Defaults = new() { VideoPaths = [] };

    private static readonly Dictionary<string, string> Names = new(MediaOptions.Names.Concat(AccessOptions.Names), StringComparer.Ordinal)
    {
        [nameof(LiveStreamServerOptions.VideoPort)] = "PORT",
        [nameof(LiveStreamServerOptions.AudioPort)] = "--audio-port",
        [nameof(LiveStreamServerOptions.ControlPort)] = "--control-port",
        [nameof(LiveStreamServerOptions.Host)] = "--host",
        [nameof(LiveStreamServerOptions.MaxBuffer)] = "--max-buffer",
        [nameof(LiveStreamServerOptions.MaxUplink)] = "--max-uplink",
        [nameof(LiveStreamServerOptions.LargestBatch)] = "--largest-batch",
        [nameof(LiveStreamServerOptions.SenderLoops)] = "--sender-loops",
        [nameof(LiveStreamServerOptions.MediaFolder)] = "--media-folder",
    };

    private static readonly TimeSpan MemoryLogInterval = TimeSpan.FromSeconds(0.5);

    private readonly Terminal _terminal;
    private readonly Argument<string[]> _arguments = new("[PORT] VIDEO...")
    {
        Description = $"Port of the picture ({Endpoint.DefaultPort} unless named), then the files, a channel each. A number is the port if no file has that name.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<string> _host = new("--host")
    {
        HelpName = "ADDRESS",
        Description = $"Address to listen on; {Defaults.Host} is every IPv4 address of the machine, :: every address. Default: {Defaults.Host}.",
        DefaultValueFactory = _ => Defaults.Host,
    };

    private readonly Option<int?> _audioPort = PortOption("--audio-port", "Port of the sound. Default: PORT + 1.", lowest: 0);
    private readonly Option<int?> _controlPort = PortOption("--control-port", "Port of the control connection. Default: PORT + 10.", lowest: 0);
    private readonly Option<TimeSpan?> _maxBuffer = DurationOption(
        "--max-buffer", $"The most that is sent ahead of a viewer's playout. Default: {Defaults.MaxBuffer.TotalSeconds:0}s.");

    private readonly Option<TimeSpan?> _largestBatch = DurationOption(
        "--largest-batch", $"The most that a viewer whose buffer is full is sent in one go; larger costs the server less. Default: {Defaults.LargestBatch.TotalSeconds:0}s.");

    private readonly Option<int?> _senderLoops = NumberOption(
        "--sender-loops", "N", "Most threads that send. Default: one per core.", lowest: 1, highest: 256);

    private readonly Option<bool> _noLegacy = new("--no-legacy") { Description = "Serve no clients of kn-sock itself, which get JPEG pictures and sound as samples." };
    private readonly MediaOptions _media = new();
    private readonly Option<bool> _noStore = new("--no-store") { Description = "Keep encoded media in memory only." };

    private readonly Option<EncodingBudget?> _encoding = Valued(
        "--encoding", "BUDGET", $"What encoding may cost the machine: {Budget.Form}. Default: processes={Defaults.Encoding.MaxProcesses},fill=likely,cpu=50%,nice=19,grace=5s.", Budget.Read);

    private readonly Option<string?> _decisionLog = new("--decision-log")
    {
        HelpName = "FILE",
        Description = "Append every decision on a rendition to FILE, a JSON object a line.",
    };

    private readonly AccessOptions _access = new();
    private readonly WebOptions _web = new();

    private readonly Option<long?> _maxUplink = Valued<long?>(
        "--max-uplink",
        "RATE",
        "The most that all viewers together are sent, divided among them: 100M, 1.5G or bits a second. Default: no limit.",
        text => BitRate.TryParse(text, out var rate) ? (rate, null) : (null, $"'{text}' is not a rate; write 100M, 800k or a number of bits a second"));

    private readonly Option<string?> _mediaFolder = new("--media-folder")
    {
        HelpName = "DIR",
        Description = "Administrators may make channels of the files in DIR while the server runs (POST api/channels), and rename and remove channels. Nothing of it is served by itself.",
    };

    private readonly Option<string?> _memoryLog = new("--memory-log") { HelpName = "FILE", Hidden = true };

    private readonly Option<LogLevel?> _logLevel = Valued(
        "--log-level", "LEVEL", "What is written to stderr: debug, info, warn, error or none. Default: info.", ReadLevel);

    /// <summary>Creates the verb.</summary>
    public ServeCommand(Terminal terminal) : base("serve", "Serve video files as channels.")
    {
        _terminal = terminal;
        Aliases.Add("run-live-server");
        Add(_arguments);
        foreach (var option in (Option[])
            [_host, _audioPort, _controlPort, _web.Port, _maxBuffer, .. _media.All, _noStore, _noLegacy, _encoding, .. _access.All, _maxUplink, _largestBatch, _senderLoops, _mediaFolder, .. _web.Access, _decisionLog, _memoryLog, _logLevel])
        {
            Add(option);
        }

        SetAction(RunAsync);
    }

    /// <inheritdoc/>
    public override string Usage => "serve [PORT] VIDEO... [OPTIONS]";

    /// <inheritdoc/>
    public override IReadOnlyList<(string CommandLine, string Does)> Examples =>
    [
        ("knsock serve 9000 video1.mp4 video2.mp4", "Two channels: picture on port 9000, sound on 9001, control on 9010."),
        ("knsock serve --host 127.0.0.1 --heights 720,360 talk.mkv", "One channel with two rungs, for this machine only, on port 8000."),
        ("knsock serve 9000 talk.mkv --encoding fill=none", "Encodes for viewers alone, nothing ahead of their need."),
        ("knsock serve 9000 talk.mkv --tls-cert fullchain.pem --tls-key key.pem --viewer-key viewers.key", "Encrypted, and for those alone who show a token of 'knsock token'."),
        ("knsock serve 9000 talk.mkv --decision-log decisions.jsonl", "Also writes down why which viewer got which rendition."),
    ];

    private async Task<int> RunAsync(ParseResult result, CancellationToken cancellationToken)
    {
        var options = OptionsFrom(result);
        await using var log = new LogWriter(_terminal.Error, TimeProvider.System);
        using var loggers = new LoggerFactory([log], new LoggerFilterOptions { MinLevel = result.GetValue(_logLevel) ?? LogLevel.Information });
        var server = Checked(() => new LiveStreamServer(options, loggers), Names);
        WebServer? web = null;
        try
        {
            await server.StartAsync(cancellationToken);
            web = await _web.OpenAsync(server, result, log, _terminal, cancellationToken);
            Announce(server, options.Host, web?.Port, isSecure: options.Tls is not null);
            await WaitAsync(result.GetValue(_memoryLog), cancellationToken);
        }
        finally
        {
            await EndAsync(server, web);
        }

        return ExitCode.Success;
    }

    private LiveStreamServerOptions OptionsFrom(ParseResult result)
    {
        var folder = result.GetValue(_mediaFolder);
        if (!ServeArguments.TryParse(result.GetValue(_arguments) ?? [], File.Exists, needsVideo: folder is null, out var arguments, out var error))
        {
            throw new CommandFailure($"{error}; see 'knsock serve --help'", ExitCode.Usage);
        }

        var options = new LiveStreamServerOptions
        {
            VideoPaths = arguments.VideoPaths,
            MediaFolder = folder,
            Host = result.GetValue(_host)!,
            VideoPort = arguments.Port,
            AudioPort = result.GetValue(_audioPort) ?? arguments.AudioPort,
            ControlPort = result.GetValue(_controlPort) ?? arguments.ControlPort,
            MaxBuffer = result.GetValue(_maxBuffer) ?? Defaults.MaxBuffer,
            Store = new StoreOptions { IsEnabled = !result.GetValue(_noStore) },
            Encoding = result.GetValue(_encoding) ?? Defaults.Encoding,
            MaxUplink = result.GetValue(_maxUplink),
            LargestBatch = result.GetValue(_largestBatch) ?? Defaults.LargestBatch,
            SenderLoops = result.GetValue(_senderLoops),
            DecisionLogPath = result.GetValue(_decisionLog),
            AcceptsLegacyClients = !result.GetValue(_noLegacy),
        };
        return _access.ApplyTo(_media.ApplyTo(options, result), result);
    }

    /// <summary>Waits for the end, and writes meanwhile what was allocated, for a benchmark that asks for it: bytes and collections so far.</summary>
    private static async Task WaitAsync(string? memoryLog, CancellationToken cancellationToken)
    {
        while (memoryLog is not null)
        {
            var collections = GC.CollectionCount(0) + GC.CollectionCount(1) + GC.CollectionCount(2);
            await File.WriteAllTextAsync(memoryLog, string.Create(CultureInfo.InvariantCulture, $"{GC.GetTotalAllocatedBytes()} {collections}"), cancellationToken);
            await Task.Delay(MemoryLogInterval, TimeProvider.System, cancellationToken);
        }

        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
    }

    private void Announce(LiveStreamServer server, string host, int? httpPort, bool isSecure)
    {
        var hosts = ReadyLine.HostsOf(host);
        _terminal.Out.WriteLine(ReadyLine.Format(hosts, server.VideoPort, server.AudioPort, server.ControlPort, httpPort, server.Channels, isSecure));
        if (_terminal.OutIsTerminal)
        {
            if (httpPort is { } port)
            {
                _terminal.Out.WriteLine($"watch in a browser at {string.Join(", ", hosts.Select(h => $"{(isSecure ? "https" : "http")}://{new Endpoint(h, port)}/"))}");
            }

            ChannelTable.Write(_terminal, server.Channels);
        }

        _terminal.Out.Flush();
    }

    private async Task EndAsync(LiveStreamServer server, WebServer? web)
    {
        using var deadline = new CancellationTokenSource(EndWithin, TimeProvider.System);
        try
        {
            await StopAsync(server, web, deadline.Token).WaitAsync(EndWithin, TimeProvider.System);
        }
        catch (Exception e) when (e is OperationCanceledException or TimeoutException)
        {
            _terminal.Complain("some sessions did not end in time and were cut off");
        }
    }

    private static async Task StopAsync(LiveStreamServer server, WebServer? web, CancellationToken cancellationToken)
    {
        await server.StopAsync(cancellationToken);
        await server.DisposeAsync();
        if (web is not null)
        {
            await web.StopAsync(cancellationToken);
            await web.DisposeAsync();
        }
    }

    private static (LogLevel? Value, string? Error) ReadLevel(string text) => text.ToLowerInvariant() switch
    {
        "trace" => (LogLevel.Trace, null),
        "debug" => (LogLevel.Debug, null),
        "info" or "information" => (LogLevel.Information, null),
        "warn" or "warning" => (LogLevel.Warning, null),
        "error" => (LogLevel.Error, null),
        "none" => (LogLevel.None, null),
        _ => (null, $"'{text}' is not a level; use debug, info, warn, error or none"),
    };
}

using System.CommandLine;
using KnSock.Cli.Output;
using KnSock.Shaped;

namespace KnSock.Cli.Commands;

/// <summary><c>knsock bench shaped</c>: real sockets over links that carry what traces say.</summary>
internal sealed class BenchShapedCommand : Verb
{
    private const string HlsJs = "bench/shaped/web/node_modules/hls.js/dist/hls.min.js";
    private static readonly ShapedOptions Defaults = new() { KnSock = [], TracesFolder = "" };

    private readonly Terminal _terminal;
    private readonly Option<string?> _traces = new("--traces") { HelpName = "DIR", Description = "Folder with traces: CSV files seconds,kbps, named after the kind of network: 4g_train.csv." };
    private readonly Option<string[]> _trace = new("--trace") { HelpName = "NAME", Description = "Only this trace; may be given several times. Default: the first of each kind of network." };
    private readonly Option<TimeSpan?> _seconds = DurationOption("--seconds", $"How much of each trace is run. Default: {Defaults.Duration.TotalSeconds:0}.");
    private readonly Option<TimeSpan?> _loop = DurationOption("--loop", $"Length of the video that is made and looped. Default: {Defaults.Loop.TotalSeconds:0}s.");
    private readonly Option<string?> _regime = Valued<string?>(
        "--regime", "NAME", "readahead, live or both. Default: both.", text => text is "readahead" or "live" or "both" ? (text, null) : (null, $"'{text}' is not one; use readahead, live or both"));

    private readonly Option<int?> _delay = NumberOption(
        "--delay", "MS", "The most that is sent ahead, or the delay behind the live edge; goes with one --regime. Default: 8000 and 500.", lowest: 50, highest: 60_000);

    private readonly Option<int?> _roundTrip = NumberOption("--rtt", "MS", $"Time there and back without a queue. Default: {Defaults.RoundTrip.TotalMilliseconds:0}.", lowest: 1, highest: 2000);
    private readonly Option<string?> _congestion = new("--congestion") { HelpName = "NAME", Description = $"The server's congestion control. Default: {Defaults.Congestion}, as in the simulator." };
    private readonly Option<bool> _hls = new("--hls") { Description = "Also play the same rungs by hls.js in Chromium; takes 'npm ci' in bench/shaped/web once." };
    private readonly Option<int?> _atATime = NumberOption("--at-a-time", "N", "Runs at a time; look at how busy the machine was. Default: 1.", lowest: 1, highest: 64);
    private readonly Option<string?> _logs = new("--logs") { HelpName = "DIR", Description = "Keep the logs and decisions of each run there." };
    private readonly Option<bool> _json = new("--json") { Description = "Print the figures as one JSON object on the last line." };

    /// <summary>Creates the verb.</summary>
    public BenchShapedCommand(Terminal terminal) : base("shaped", "Play over real links that carry what traces say, beside what the simulator predicts and beside hls.js.")
    {
        _terminal = terminal;
        foreach (var option in (Option[])[_traces, _trace, _seconds, _loop, _regime, _delay, _roundTrip, _congestion, _hls, _atATime, _logs, _json])
        {
            Add(option);
        }

        SetAction(RunAsync);
    }

    /// <inheritdoc/>
    public override string Usage => "bench shaped --traces DIR [OPTIONS]";

    /// <inheritdoc/>
    public override IReadOnlyList<(string CommandLine, string Does)> Examples =>
    [
        ("knsock bench shaped --traces traces", "One trace of each kind of network, with read-ahead and at the live edge; 6 minutes a kind. Takes Linux and root."),
        ("knsock bench shaped --traces traces --trace 4g_train --regime live --seconds 60", "One trace for a minute at the live edge."),
        ("knsock bench shaped --traces traces --hls --json", "Also hls.js in Chromium, for programs."),
    ];

    /// <summary>The one file of hls.js, looked for from a folder upwards.</summary>
    internal static string? FindHlsJs(string folder)
    {
        for (var at = new DirectoryInfo(folder); at is not null; at = at.Parent)
        {
            if (Path.Combine(at.FullName, HlsJs) is var path && File.Exists(path))
            {
                return path;
            }
        }

        return null;
    }

    private async Task<int> RunAsync(ParseResult result, CancellationToken cancellationToken)
    {
        try
        {
            var report = await new ShapedBenchmark(OptionsFrom(result), step => _terminal.Error.WriteLine(Printable.Escape(step))).RunAsync(cancellationToken);
            if (result.GetValue(_json))
            {
                _terminal.Out.WriteLine(CliJson.Write(report));
            }
            else
            {
                ShapedTable.Write(_terminal, report);
            }

            return report.Runs.Any(r => r.Failures.Count > 0) ? ExitCode.Failed : ExitCode.Success;
        }
        catch (ShapedException e)
        {
            throw new CommandFailure(e.Message);
        }
    }

    private ShapedOptions OptionsFrom(ParseResult result)
    {
        var regime = result.GetValue(_regime) ?? "both";
        var delay = result.GetValue(_delay) is { } ms ? TimeSpan.FromMilliseconds(ms) : (TimeSpan?)null;
        if (delay is not null && regime is "both")
        {
            throw new CommandFailure("--delay goes with one regime; add --regime live or --regime readahead", ExitCode.Usage);
        }

        return new ShapedOptions
        {
            KnSock = BenchCommand.OwnProgram(),
            TracesFolder = result.GetValue(_traces) ?? throw new CommandFailure("--traces is missing; name a folder with traces: --traces DIR", ExitCode.Usage),
            Traces = result.GetValue(_trace) ?? [],
            Duration = result.GetValue(_seconds) ?? Defaults.Duration,
            Loop = result.GetValue(_loop) ?? Defaults.Loop,
            ReadsAhead = regime is not "live",
            IsLive = regime is not "readahead",
            ReadAhead = delay ?? Defaults.ReadAhead,
            LiveDelay = delay ?? Defaults.LiveDelay,
            RoundTrip = result.GetValue(_roundTrip) is { } rtt ? TimeSpan.FromMilliseconds(rtt) : Defaults.RoundTrip,
            Congestion = result.GetValue(_congestion) ?? Defaults.Congestion,
            HlsJsPath = result.GetValue(_hls)
                ? FindHlsJs(AppContext.BaseDirectory) ?? FindHlsJs(Directory.GetCurrentDirectory()) ?? throw new CommandFailure($"hls.js is not there ({HlsJs}); run 'npm ci' in bench/shaped/web")
                : null,
            AtATime = result.GetValue(_atATime) ?? Defaults.AtATime,
            LogFolder = result.GetValue(_logs) is { } logs ? Path.GetFullPath(logs) : null,
        };
    }
}

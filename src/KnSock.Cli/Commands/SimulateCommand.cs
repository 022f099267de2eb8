using System.CommandLine;
using System.Globalization;
using KnSock.Cli.Output;
using KnSock.Simulation;
using KnSock.Simulation.Links;
using KnSock.Simulation.Media;
using KnSock.Simulation.Policies;
using KnSock.Simulation.Replay;
using KnSock.Simulation.Reports;
using KnSock.Simulation.Results;
using KnSock.Simulation.Running;
using KnSock.Simulation.Traces;

namespace KnSock.Cli.Commands;

/// <summary><c>knsock simulate</c>: how adaptation does on networks of which there are traces, in virtual time.</summary>
internal sealed class SimulateCommand : Verb
{
    private const string All = "all";
    private const string Tuning = "tuning";
    private const string HeldOut = "heldout";
    private static readonly LinkOptions Defaults = new();
    private static readonly string Names = string.Join(", ", Policy.All.Select(p => p.Name).Append(SimulationReport.Ceiling));

    private readonly Terminal _terminal;
    private readonly Option<string?> _traces = new("--traces") { HelpName = "DIR", Description = "Folder with traces: CSV files seconds,kbps, named after the kind of network: 4g_train.csv." };
    private readonly Option<Choice<Regime>?> _regime = Valued<Choice<Regime>>("--regime", "NAME", "live, readahead or both. Default: both.", ReadRegime);
    private readonly Option<int?> _delay = NumberOption(
        "--delay", "MS", "Delay behind the live edge, or the most that is sent ahead. Default: 200, 500 and 1000; 8000 with read-ahead.", lowest: 50, highest: 60_000);

    private readonly Option<string?> _policy = Valued<string>("--policy", "NAME", $"Who chooses the rung: {Names}, or all. Default: all.", ReadPolicy);
    private readonly Option<string?> _half = Valued<string>(
        "--half", "NAME", $"{Tuning} or {HeldOut}: only every second trace by name, the first of each two or the other. The baselines are tuned on the first of the public ones.", ReadHalf);

    private readonly Option<bool> _variants = new("--variants") { Description = "Run each baseline with all parameters among which it is tuned, in place of the best for each setting." };
    private readonly Option<string[]> _set = new("--set")
    {
        HelpName = "NAME=NUMBER",
        Description = "A knob of knsock's own policy, in place of what it is: ChangeCost=0.7; lengths of time in seconds. May be repeated.",
    };

    private readonly Option<int?> _seed = NumberOption("--seed", "N", "Where in the video viewers join, and all else that is left to chance. Default: 0.", lowest: 0, highest: int.MaxValue);
    private readonly Option<int?> _roundTrip = NumberOption(
        "--rtt", "MS", $"Time there and back without a queue. Default: {Defaults.RoundTrip.TotalMilliseconds:0}.", lowest: 1, highest: 2000);

    private readonly Option<bool> _json = new("--json") { Description = "Print the figures as one JSON object." };
    private readonly Option<string?> _report = new("--report") { HelpName = "FILE.html", Description = "Also write a page with tables, and plots of buffer, rung and capacity for each trace." };
    private readonly Option<string?> _replay = new("--replay")
    {
        HelpName = "FILE",
        Description = "Take the decisions of a running server again, from a file by 'knsock why --json' or 'knsock serve --decision-log', and compare. Exit code 1 if any comes out otherwise.",
    };

    private readonly Option<string?> _media = new("--media") { HelpName = "FILE", Description = "What is watched, as --measure made it. Default: eight scenes, 240p to 1080p." };
    private readonly Option<string?> _measure = new("--measure") { HelpName = "VIDEO", Description = "Only encode a video and write what it weighs to --out FILE.", Hidden = true };
    private readonly Option<string?> _out = new("--out") { HelpName = "FILE", Description = "Where --measure writes to.", Hidden = true };

    /// <summary>Creates the verb.</summary>
    public SimulateCommand(Terminal terminal) : base("simulate", "Show how viewers fare on networks of which there are traces: server and client in virtual time.")
    {
        _terminal = terminal;
        foreach (var option in (Option[])[_traces, _regime, _delay, _policy, _half, _variants, _set, _json, _report, _replay, _seed, _roundTrip, _media, _measure, _out])
        {
            Add(option);
        }

        SetAction(RunAsync);
    }

    /// <inheritdoc/>
    public override string Usage => "simulate --traces DIR [OPTIONS] | --replay FILE [--json]";

    /// <inheritdoc/>
    public override IReadOnlyList<(string CommandLine, string Does)> Examples =>
    [
        ("knsock simulate --traces traces", "Stalls, rates and latencies by kind of network, at the live edge and with read-ahead."),
        ("knsock simulate --traces traces --regime live --delay 300 --rtt 80", "The same 300 ms behind the live edge, far away."),
        ("knsock simulate --traces traces --policy knsock --set LiveStallCost=2.5", "The same with a knob of the product's own policy set to something else."),
        ("knsock simulate --replay decisions.jsonl", "Whether the decisions that a server wrote down come out the same again."),
        ("knsock simulate --traces traces --policy knsock --report simulation.html", "How it went on each trace, to look at."),
    ];

    private async Task<int> RunAsync(ParseResult result, CancellationToken cancellationToken)
    {
        try
        {
            if (result.GetValue(_measure) is { } video)
            {
                var path = result.GetValue(_out) ?? throw new CommandFailure("--measure needs a file to write to: --out FILE", ExitCode.Usage);
                MediaSizesFile.Write(path, await MediaMeasurement.MeasureAsync(video, cancellationToken));
                return ExitCode.Success;
            }

            if (result.GetValue(_replay) is { } decisions)
            {
                return Replay(decisions, result);
            }

            Simulate(result, cancellationToken);
            return ExitCode.Success;
        }
        catch (SimulationException e)
        {
            throw new CommandFailure(e.Message);
        }
    }

    private int Replay(string path, ParseResult result)
    {
        if (result.GetValue(_traces) is not null)
        {
            throw new CommandFailure("--replay goes without --traces; it takes decisions again and plays nothing", ExitCode.Usage);
        }

        var report = DecisionReplay.Run(path);
        if (result.GetValue(_json))
        {
            _terminal.Out.WriteLine(CliJson.Write(report));
        }
        else
        {
            ReplayText.Write(_terminal.Out, report);
        }

        return report.IsSame ? ExitCode.Success : ExitCode.Failed;
    }

    private void Simulate(ParseResult result, CancellationToken cancellationToken)
    {
        var folder = result.GetValue(_traces) ?? throw new CommandFailure("--traces is missing; name a folder with traces: --traces DIR", ExitCode.Usage);
        var (settings, own) = (SettingsFrom(result), OwnFrom(result));
        var traces = HalfOf(TraceFile.ReadFolder(folder), result.GetValue(_half));
        // Opened first: whoever waited for minutes is not to hear then that it cannot be written.
        using var page = result.GetValue(_report) is { } file ? new StreamWriter(file) : null;
        var channel = new SimulatedChannel(result.GetValue(_media) is { } path ? MediaSizesFile.Read(path) : MediaSizesFile.Default);
        var simulation = new Simulation.Running.Simulation(channel, OptionsFrom(result) with { KeepsMoments = page is not null });
        var runners = Runners(simulation, result.GetValue(_policy), result.GetValue(_variants), own);
        var line = new StatusLine(_terminal);
        var results = Simulation.Running.Simulation.Run(traces, settings, runners, Progress(line), cancellationToken);
        line.Clear();
        var report = SimulationReport.From(results, channel.Quality, channel.PictureKbps);
        page?.Write(ReportPage.Write(report));
        if (result.GetValue(_json))
        {
            _terminal.Out.WriteLine(CliJson.Write(report));
        }
        else
        {
            SimulationTable.Write(_terminal, report);
        }
    }

    private RunOptions OptionsFrom(ParseResult result) => new()
    {
        Link = new LinkOptions { RoundTrip = TimeSpan.FromMilliseconds(result.GetValue(_roundTrip) ?? Defaults.RoundTrip.TotalMilliseconds) },
        Seed = result.GetValue(_seed) ?? 0,
    };

    private Policy OwnFrom(ParseResult result)
    {
        try
        {
            return OwnPolicy.With(OwnPolicy.Knobs(result.GetValue(_set) ?? []));
        }
        catch (FormatException e)
        {
            throw new CommandFailure($"--set: {e.Message}", ExitCode.Usage);
        }
    }

    private Action<int, int>? Progress(StatusLine line)
    {
        if (!_terminal.ErrorIsTerminal)
        {
            return null;
        }

        var gate = new Lock();
        return (done, of) =>
        {
            lock (gate)
            {
                line.Show(string.Create(CultureInfo.InvariantCulture, $"{done} of {of} runs"));
            }
        };
    }

    private Setting[] SettingsFrom(ParseResult result)
    {
        var regimes = result.GetValue(_regime)?.All ?? [Regime.Live, Regime.ReadAhead];
        if (result.GetValue(_delay) is not { } delay)
        {
            return [.. Setting.All.Where(s => regimes.Contains(s.Regime))];
        }

        return regimes.Count == 1
            ? [new Setting(regimes[0], TimeSpan.FromMilliseconds(delay))]
            : throw new CommandFailure("--delay goes with one regime; add --regime live or --regime readahead", ExitCode.Usage);
    }

    private static (Choice<Regime>? Value, string? Error) ReadRegime(string text) => text switch
    {
        "live" => (new Choice<Regime>([Regime.Live]), null),
        "readahead" => (new Choice<Regime>([Regime.ReadAhead]), null),
        "both" => (new Choice<Regime>([Regime.Live, Regime.ReadAhead]), null),
        _ => (null, $"'{text}' is not one; use live, readahead or both"),
    };

    private static Simulation.Running.Simulation.Runner[] Runners(Simulation.Running.Simulation simulation, string? name, bool withVariants, Policy own)
    {
        IEnumerable<Policy> policies = name switch
        {
            null or All => Policy.All,
            SimulationReport.Ceiling => [],
            _ => [Policy.Named(name)],
        };
        policies = policies.Select(p => p.Name == Policy.Own ? own : p);
        policies = withVariants ? policies.SelectMany(p => p.Variants.DefaultIfEmpty(p)) : policies;
        return name is null or All or SimulationReport.Ceiling ? [.. policies.Select(simulation.Of), simulation.Optimum] : [.. policies.Select(simulation.Of)];
    }

    private static IReadOnlyList<BandwidthTrace> HalfOf(IReadOnlyList<BandwidthTrace> traces, string? half)
    {
        if (half is null)
        {
            return traces;
        }

        BandwidthTrace[] kept = [.. traces.OrderBy(t => t.Name, StringComparer.Ordinal).Where((_, i) => i % 2 == (half == HeldOut ? 1 : 0))];
        return kept.Length > 0 ? kept : throw new CommandFailure("one trace has no other half; leave --half out", ExitCode.Usage);
    }

    private static (string? Value, string? Error) ReadHalf(string text) =>
        text is Tuning or HeldOut ? (text, null) : (null, $"'{text}' is not one; use {Tuning} or {HeldOut}");

    private static (string? Value, string? Error) ReadPolicy(string text) => text switch
    {
        All or SimulationReport.Ceiling => (text, null),
        _ => Policy.All.Any(p => p.Name == text) ? (text, null) : (null, $"'{text}' is not one; use {Names} or all"),
    };

    /// <summary>What a word stands for, which may be several. A list of its own would not tell whether the word was given.</summary>
    private sealed record Choice<T>(IReadOnlyList<T> All);
}

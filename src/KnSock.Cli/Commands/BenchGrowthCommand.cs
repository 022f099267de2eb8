using System.CommandLine;
using KnSock.Cli.Arguments;
using KnSock.Cli.Output;
using KnSock.Fanout;
using KnSock.Fanout.Growth;

namespace KnSock.Cli.Commands;

/// <summary><c>knsock bench growth</c>: how what it costs grows with viewers and channels.</summary>
internal sealed class BenchGrowthCommand : Verb
{
    private const string DefaultDirectory = "bench";
    private static readonly TimeSpan DefaultDuration = TimeSpan.FromSeconds(8);
    private static readonly GrowthOptions Defaults = new() { Common = new FanoutOptions { KnSock = [] } };

    private readonly Terminal _terminal;
    private readonly Option<IReadOnlyList<int>?> _viewers = ListOption("--viewers", $"Numbers of viewers, on one channel. Default: {Listed(Defaults.Viewers)}.", highest: 100_000);
    private readonly Option<int?> _idle = NumberOption(
        "--idle", "N", $"Idle viewers beside {Defaults.ViewersBesideIdle} that watch; 0 leaves that out. Default: {Defaults.Idle}.", lowest: 0, highest: 100_000);

    private readonly Option<IReadOnlyList<int>?> _channels = ListOption(
        "--channels", $"Numbers of channels, with {Defaults.ViewersOfChannels} viewers. Default: {Listed(Defaults.Channels)}.", highest: 99);

    private readonly Option<TimeSpan?> _seconds = DurationOption("--seconds", $"How long is measured at each point. Default: {DefaultDuration.TotalSeconds:0}.");
    private readonly Option<IReadOnlyList<FanoutEdge>?> _edge = Valued<IReadOnlyList<FanoutEdge>?>(
        "--edge", "WHERE", "live: at the live edge; readahead: 8 s ahead; both: one after the other. Default: both.", ReadEdges);

    private readonly Option<string?> _out = new("--out")
    {
        HelpName = "DIR",
        Description = $"Folder for {GrowthFiles.FiguresName} and the pictures; what is there is replaced. Default: {DefaultDirectory}.",
    };

    private readonly Option<string?> _plot = new("--plot")
    {
        HelpName = "FILE.json",
        Description = $"Measure nothing; draw the pictures from the {GrowthFiles.FiguresName} of another time.",
    };

    private readonly Option<bool> _json = new("--json") { Description = "Print the figures as one JSON object on the last line." };

    /// <summary>Creates the verb.</summary>
    public BenchGrowthCommand(Terminal terminal) : base("growth", "Measure fan-out with more and more viewers and channels, and draw how costs grow.")
    {
        _terminal = terminal;
        foreach (var option in (Option[])[_viewers, _idle, _channels, _seconds, _edge, _out, _plot, _json])
        {
            Add(option);
        }

        SetAction(RunAsync);
    }

    /// <inheritdoc/>
    public override string Usage => "bench growth [OPTIONS]";

    /// <inheritdoc/>
    public override IReadOnlyList<(string CommandLine, string Does)> Examples =>
    [
        ("knsock bench growth", "All points, ahead and at the live edge, into the folder bench; takes about 20 minutes."),
        ("knsock bench growth --viewers 100,500 --channels none --idle 0 --edge live", "Two points at the live edge."),
        ("knsock bench growth --plot bench/growth.json --out figures", "The pictures again, without measuring."),
    ];

    private async Task<int> RunAsync(ParseResult result, CancellationToken cancellationToken)
    {
        var files = new GrowthFiles(result.GetValue(_out) ?? DefaultDirectory);
        var isMeasured = result.GetValue(_plot) is null;
        var report = result.GetValue(_plot) is { } path
            ? await GrowthFiles.ReadAsync(path, cancellationToken)
            : await MeasureAsync(OptionsFrom(result), files, cancellationToken);
        if (report is not { Points.Count: > 0 })
        {
            throw new CommandFailure("there are no figures to draw");
        }

        foreach (var drawn in await files.DrawAsync(report, cancellationToken))
        {
            _terminal.Error.WriteLine($"wrote {Printable.Escape(drawn)}");
        }

        if (result.GetValue(_json))
        {
            _terminal.Out.WriteLine(CliJson.Write(report));
        }
        else
        {
            GrowthTable.Write(_terminal, report);
        }

        return isMeasured && report.Failures.Count > 0 ? ExitCode.Failed : ExitCode.Success;
    }

    /// <summary>Measures; keeps what there is after each point, so that nothing is lost when it is interrupted.</summary>
    private async Task<GrowthReport?> MeasureAsync(GrowthOptions options, GrowthFiles files, CancellationToken cancellationToken)
    {
        GrowthReport? latest = null;
        await foreach (var report in new GrowthBenchmark(options, step => _terminal.Error.WriteLine(step)).RunAsync(cancellationToken))
        {
            foreach (var failure in report.Failures.Skip(latest?.Failures.Count ?? 0))
            {
                _terminal.Complain($"{failure.Point}: {failure.Reason}");
            }

            latest = report;
            if (report.Points.Count > 0)
            {
                await files.WriteFiguresAsync(report, cancellationToken);
            }
        }

        return latest;
    }

    private GrowthOptions OptionsFrom(ParseResult result) => new()
    {
        Common = new FanoutOptions { KnSock = BenchCommand.OwnProgram(), Duration = result.GetValue(_seconds) ?? DefaultDuration },
        Viewers = result.GetValue(_viewers) ?? Defaults.Viewers,
        Channels = result.GetValue(_channels) ?? Defaults.Channels,
        Idle = result.GetValue(_idle) ?? Defaults.Idle,
        Edges = result.GetValue(_edge) ?? Defaults.Edges,
    };

    private static Option<IReadOnlyList<int>?> ListOption(string name, string description, int highest) =>
        Valued<IReadOnlyList<int>?>(name, "LIST", description, text => NumberList.Read(text, lowest: 1, highest));

    private static string Listed(IReadOnlyList<int> numbers) => string.Join(',', numbers);

    private static (IReadOnlyList<FanoutEdge>? Value, string? Error) ReadEdges(string text) => text switch
    {
        "live" => ([FanoutEdge.Live], null),
        "readahead" => ([FanoutEdge.ReadAhead], null),
        "both" => (Defaults.Edges, null),
        _ => (null, $"'{text}' is not one; use live, readahead or both"),
    };
}

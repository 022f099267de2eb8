namespace KnSock.Shaped.Results;

/// <summary>A trace in one setting: what was predicted, and what became of real viewers.</summary>
public sealed record ShapedRun
{
    /// <summary>Name of a mean over traces.</summary>
    public const string AllTraces = "all";

    /// <summary>Name of the trace, or <see cref="AllTraces"/>.</summary>
    public required string Trace { get; init; }

    /// <summary>readahead or live.</summary>
    public required string Regime { get; init; }

    /// <summary>How far ahead viewers are sent, or how far behind the live edge they are.</summary>
    public required double DelayMs { get; init; }

    /// <summary>What the link carried on average.</summary>
    public required double CapacityKbps { get; init; }

    /// <summary>The simulator's prediction: means over several viewers who join elsewhere in the video.</summary>
    public required ViewerFigures Simulated { get; init; }

    /// <summary>The least and the most of those viewers' stall ratios. Empty for means over traces.</summary>
    public IReadOnlyList<double> SimulatedStallRatios { get; init; } = [];

    /// <summary>The least and the most of their rates. Empty for means over traces.</summary>
    public IReadOnlyList<double> SimulatedKbps { get; init; } = [];

    /// <summary>A real viewer of a real server. Null: the run failed.</summary>
    public ViewerFigures? KnSock { get; init; }

    /// <summary>hls.js in a browser. Null: not wanted, or the run failed.</summary>
    public ViewerFigures? HlsJs { get; init; }

    /// <summary>Share of the machine's processor time that was taken, by whatever it was, in the busiest of the runs.</summary>
    public double MachineBusy { get; init; }

    /// <summary>Why a run failed.</summary>
    public IReadOnlyList<string> Failures { get; init; } = [];

    /// <summary>The mean over traces of one setting, of those in which all viewers have figures that have any.</summary>
    internal static ShapedRun Mean(IReadOnlyList<ShapedRun> runs)
    {
        var whole = runs.Where(r => r.Failures.Count == 0).ToList() is { Count: > 0 } some ? some : [.. runs];
        return new ShapedRun
        {
            Trace = AllTraces,
            Regime = runs[0].Regime,
            DelayMs = runs[0].DelayMs,
            CapacityKbps = whole.Average(r => r.CapacityKbps),
            Simulated = ViewerFigures.Mean([.. whole.Select(r => r.Simulated)]),
            KnSock = MeanOf(whole.Select(r => r.KnSock)),
            HlsJs = MeanOf(whole.Select(r => r.HlsJs)),
            MachineBusy = whole.Max(r => r.MachineBusy),
        };
    }

    private static ViewerFigures? MeanOf(IEnumerable<ViewerFigures?> figures) =>
        figures.OfType<ViewerFigures>().ToList() is { Count: > 0 } known ? ViewerFigures.Mean(known) : null;
}

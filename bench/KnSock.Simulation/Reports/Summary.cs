using KnSock.Simulation.Results;

namespace KnSock.Simulation.Reports;

/// <summary>What a policy came to in one setting on one kind of network. All figures are means over traces.</summary>
internal sealed record Summary
{
    /// <summary>What the viewers asked for.</summary>
    public required Setting Setting { get; init; }

    /// <summary>The policy.</summary>
    public required string Policy { get; init; }

    /// <summary>The kind of network, or <see cref="SimulationReport.AllNetworks"/>.</summary>
    public required string Network { get; init; }

    /// <summary>How many traces.</summary>
    public required int Traces { get; init; }

    /// <summary>Quality.</summary>
    public required Estimate Qoe { get; init; }

    /// <summary>The ceiling's quality on the same traces. Null: it was not found for all of them.</summary>
    public required double? Optimum { get; init; }

    /// <summary>Quality by the ceiling's. Null: there is no ceiling above zero.</summary>
    public double? Share => Optimum is > 0 ? Qoe.Mean / Optimum : null;

    /// <summary>Share of the time watched that the picture stood still.</summary>
    public required double StallRatio { get; init; }

    /// <summary>How often it did.</summary>
    public required double StallsPerMinute { get; init; }

    /// <summary>Rate of the pictures shown.</summary>
    public required double Kbps { get; init; }

    /// <summary>What the pictures shown were worth.</summary>
    public required double Utility { get; init; }

    /// <summary>How often the rung shown changed.</summary>
    public required double SwitchesPerMinute { get; init; }

    /// <summary>Behind the live edge: mean of the traces' medians.</summary>
    public required double LatencyP50Ms { get; init; }

    /// <summary>The same of the 95th percentiles.</summary>
    public required double LatencyP95Ms { get; init; }

    /// <summary>From joining to the first picture.</summary>
    public required double StartUpMs { get; init; }

    /// <summary>Share of the bytes sent that were padding.</summary>
    public required double ProbeShare { get; init; }

    /// <summary>Quality with stalls weighted otherwise, in the order of <see cref="SimulationReport.StallFactors"/>.</summary>
    public required IReadOnlyList<WeighedStalls> StallFactors { get; init; }

    /// <summary>By how much ours is better, trace by trace. Null: it is ours, or ours ran on none of the traces.</summary>
    public Estimate? Lead => At(1).Lead;

    /// <summary>With stalls weighted so.</summary>
    public WeighedStalls At(double factor) => StallFactors.Single(w => w.Factor == factor);
}

using KnSock.Simulation.Reports;

namespace KnSock.Cli.Output;

/// <summary>The figures of <c>knsock simulate</c> for programs.</summary>
/// <param name="Results">A setting, policy and kind of network each.</param>
internal sealed record SimulationFigures(IReadOnlyList<SimulationFigure> Results)
{
    /// <summary>Takes the figures out of a report.</summary>
    public static SimulationFigures From(SimulationReport report) => new([.. report.Summaries.Select(SimulationFigure.From)]);
}

/// <summary>What a policy came to in one setting on one kind of network: means over traces. Null: there is no such number.</summary>
internal sealed record SimulationFigure
{
    private const int Digits = 6;

    /// <summary><c>live</c> or <c>readahead</c>.</summary>
    public required string Regime { get; init; }

    /// <summary>Target delay; with read-ahead the most that is sent ahead.</summary>
    public required double DelayMs { get; init; }

    /// <summary>The policy: <c>knsock</c>, a baseline's name, or <c>optimum</c>.</summary>
    public required string Policy { get; init; }

    /// <summary>The first part of the traces' names, or <c>all</c>.</summary>
    public required string Network { get; init; }

    /// <summary>How many traces.</summary>
    public required int Traces { get; init; }

    /// <summary>Quality.</summary>
    public required double? Qoe { get; init; }

    /// <summary>Lower end of its 95 % interval.</summary>
    public required double? QoeLow { get; init; }

    /// <summary>Upper end of it.</summary>
    public required double? QoeHigh { get; init; }

    /// <summary>The optimum's quality on the same traces.</summary>
    public required double? Optimum { get; init; }

    /// <summary>Share of the time watched that the picture stood still.</summary>
    public required double? StallRatio { get; init; }

    /// <summary>Stalls a minute.</summary>
    public required double? StallsPerMin { get; init; }

    /// <summary>Bitrate of the pictures shown.</summary>
    public required double? Kbps { get; init; }

    /// <summary>Changes of rung a minute.</summary>
    public required double? SwitchesPerMin { get; init; }

    /// <summary>Behind the live edge, 95th percentile.</summary>
    public required double? LatencyP95Ms { get; init; }

    /// <summary>Share of the bytes sent that were padding.</summary>
    public required double? ProbeShare { get; init; }

    /// <summary>Utility of the pictures shown.</summary>
    public required double? Utility { get; init; }

    /// <summary>Quality by the optimum's.</summary>
    public required double? Share { get; init; }

    /// <summary>Behind the live edge, median.</summary>
    public required double? LatencyP50Ms { get; init; }

    /// <summary>From joining to the first picture.</summary>
    public required double? StartUpMs { get; init; }

    /// <summary>With stalls at their weight and at others.</summary>
    public required IReadOnlyList<SimulationStallFactor> StallFactors { get; init; }

    /// <summary>Takes the figures out of a summary.</summary>
    public static SimulationFigure From(Summary summary) => new()
    {
        Regime = summary.Setting.Regime is Simulation.Results.Regime.Live ? "live" : "readahead",
        DelayMs = summary.Setting.Delay.TotalMilliseconds,
        Policy = summary.Policy,
        Network = summary.Network,
        Traces = summary.Traces,
        Qoe = Finite(summary.Qoe.Mean),
        QoeLow = Finite(summary.Qoe.Low),
        QoeHigh = Finite(summary.Qoe.High),
        Optimum = Finite(summary.Optimum),
        StallRatio = Finite(summary.StallRatio),
        StallsPerMin = Finite(summary.StallsPerMinute),
        Kbps = Finite(summary.Kbps),
        SwitchesPerMin = Finite(summary.SwitchesPerMinute),
        LatencyP95Ms = Finite(summary.LatencyP95Ms),
        ProbeShare = Finite(summary.ProbeShare),
        Utility = Finite(summary.Utility),
        Share = Finite(summary.Share),
        LatencyP50Ms = Finite(summary.LatencyP50Ms),
        StartUpMs = Finite(summary.StartUpMs),
        StallFactors = [.. summary.StallFactors.Select(SimulationStallFactor.From)],
    };

    /// <summary>A number that JSON can hold.</summary>
    internal static double? Finite(double? value) => value is { } v && double.IsFinite(v) ? Math.Round(v, Digits) : null;
}

/// <summary>What a policy came to with stalls at a multiple of their weight.</summary>
internal sealed record SimulationStallFactor
{
    /// <summary>The multiple.</summary>
    public required double Factor { get; init; }

    /// <summary>Quality.</summary>
    public required double? Qoe { get; init; }

    /// <summary>Place among the policies, 1 = best. Null: the optimum has none.</summary>
    public required int? Rank { get; init; }

    /// <summary>By how much <c>knsock</c> is better: mean difference over the traces that both ran on.</summary>
    public required double? Lead { get; init; }

    /// <summary>Lower end of its 95 % interval.</summary>
    public required double? LeadLow { get; init; }

    /// <summary>Upper end of it.</summary>
    public required double? LeadHigh { get; init; }

    /// <summary>The quality of what could have been done at best with this multiple, on the same traces.</summary>
    public required double? Optimum { get; init; }

    /// <summary>Quality by that.</summary>
    public required double? Share { get; init; }

    /// <summary>Takes the figures over.</summary>
    public static SimulationStallFactor From(WeighedStalls weighed) => new()
    {
        Factor = weighed.Factor,
        Qoe = SimulationFigure.Finite(weighed.Qoe),
        Rank = weighed.Rank,
        Optimum = SimulationFigure.Finite(weighed.Optimum),
        Share = SimulationFigure.Finite(weighed.Share),
        Lead = SimulationFigure.Finite(weighed.Lead?.Mean),
        LeadLow = SimulationFigure.Finite(weighed.Lead?.Low),
        LeadHigh = SimulationFigure.Finite(weighed.Lead?.High),
    };
}

namespace KnSock.Simulation.Results;

/// <summary>What a viewer saw in one run.</summary>
internal sealed record Outcome
{
    /// <summary>From the first picture to the end of the run.</summary>
    public required double WatchedSeconds { get; init; }

    /// <summary>Mean of <see cref="Quality.Utility"/> over the media shown.</summary>
    public required double MeanUtility { get; init; }

    /// <summary>Mean rate of the rungs shown, pictures only, kbit/s.</summary>
    public required double MeanKbps { get; init; }

    /// <summary>For how long the picture stood still that should have moved.</summary>
    public required double StalledSeconds { get; init; }

    /// <summary>How often it did.</summary>
    public required int Stalls { get; init; }

    /// <summary>Sum of the changes of utility from picture to picture, without their signs.</summary>
    public required double UtilityChange { get; init; }

    /// <summary>How often the rung shown changed.</summary>
    public required int Switches { get; init; }

    /// <summary>How far the picture shown was behind the live edge, median.</summary>
    public required double LatencyP50Ms { get; init; }

    /// <summary>The same, 95th percentile.</summary>
    public required double LatencyP95Ms { get; init; }

    /// <summary>From joining to the first picture.</summary>
    public required double StartUpMs { get; init; }

    /// <summary>Share of the bytes sent that were padding to probe the link.</summary>
    public required double ProbeShare { get; init; }
}

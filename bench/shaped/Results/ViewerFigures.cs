namespace KnSock.Shaped.Results;

/// <summary>What a viewer saw in one run, whoever it was: all count alike.</summary>
public sealed record ViewerFigures
{
    /// <summary>From the first picture to the end.</summary>
    public required double WatchedSeconds { get; init; }

    /// <summary>Share of that in which the picture stood still.</summary>
    public required double StallRatio { get; init; }

    /// <summary>How often it did, a minute.</summary>
    public required double StallsPerMin { get; init; }

    /// <summary>Mean rate of the rungs seen, what their encoder aimed at, pictures only, kbit/s.</summary>
    public required double Kbps { get; init; }

    /// <summary>Changes of rung a minute.</summary>
    public required double SwitchesPerMin { get; init; }

    /// <summary>How far the picture seen was behind the live edge, 95th percentile. Null: there is no live edge.</summary>
    public double? LatencyP95Ms { get; init; }

    /// <summary>From connecting to the first picture; for hls.js from asking for the first playlist. Null: none came.</summary>
    public double? StartUpMs { get; init; }

    /// <summary>What the viewer's processes took of one core. Null: not measured.</summary>
    public double? Cores { get; init; }

    /// <summary>Share of the pictures that came and were not shown. Null: not measured.</summary>
    public double? Dropped { get; init; }

    /// <summary>The mean of several.</summary>
    public static ViewerFigures Mean(IReadOnlyList<ViewerFigures> all) => new()
    {
        WatchedSeconds = all.Average(f => f.WatchedSeconds),
        StallRatio = all.Average(f => f.StallRatio),
        StallsPerMin = all.Average(f => f.StallsPerMin),
        Kbps = all.Average(f => f.Kbps),
        SwitchesPerMin = all.Average(f => f.SwitchesPerMin),
        LatencyP95Ms = all.Average(f => f.LatencyP95Ms),
        StartUpMs = all.Average(f => f.StartUpMs),
        Cores = all.Average(f => f.Cores),
        Dropped = all.Average(f => f.Dropped),
    };

    /// <summary>Of a viewer who saw nothing: a stall from beginning to end.</summary>
    internal static ViewerFigures OfNothing(double seconds) => new()
    {
        WatchedSeconds = seconds,
        StallRatio = 1,
        StallsPerMin = 60 / seconds,
        Kbps = 0,
        SwitchesPerMin = 0,
    };
}

namespace KnSock.Shaped.Results;

/// <summary>What was measured.</summary>
public sealed record ShapedReport
{
    /// <summary>Length of each run.</summary>
    public required double Seconds { get; init; }

    /// <summary>Time there and back without a queue.</summary>
    public required double RoundTripMs { get; init; }

    /// <summary>The server's congestion control.</summary>
    public required string Congestion { get; init; }

    /// <summary>Rates of the rungs' pictures by name, kbit/s.</summary>
    public required IReadOnlyDictionary<string, double> Rungs { get; init; }

    /// <summary>The runs, by setting, then by trace.</summary>
    public required IReadOnlyList<ShapedRun> Runs { get; init; }

    /// <summary>Means over the traces of each setting.</summary>
    public required IReadOnlyList<ShapedRun> All { get; init; }
}

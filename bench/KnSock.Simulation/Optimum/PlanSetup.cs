using KnSock.Simulation.Results;

namespace KnSock.Simulation.Optimum;

/// <summary>What an <see cref="OptimalPlan"/> is made for: everything that a policy does not know, too.</summary>
internal sealed record PlanSetup
{
    /// <summary>What the link carries, from the moment of joining on.</summary>
    public required Capacity Capacity { get; init; }

    /// <summary>Bytes of each GOP of the loop in each rung, on the wire, sound included. Of a GOP the lowest rung must be the smallest.</summary>
    public required IReadOnlyList<long[]> Bytes { get; init; }

    /// <summary>How long each GOP of the loop plays, seconds.</summary>
    public required IReadOnlyList<double> Durations { get; init; }

    /// <summary>Rates of the rungs' pictures, kbit/s, lowest first: what utility is reckoned from.</summary>
    public required IReadOnlyList<double> PictureKbps { get; init; }

    /// <summary>What the viewer asked for.</summary>
    public required Setting Setting { get; init; }

    /// <summary>When the run ends, seconds after joining.</summary>
    public required double Seconds { get; init; }

    /// <summary>At the live edge: how many of a GOP's bytes are its keyframe, which comes at once. Null: all frames weigh the same.</summary>
    public IReadOnlyList<long[]>? KeyframeBytes { get; init; }

    /// <summary>The GOP of the loop with which the viewer begins.</summary>
    public int FirstGop { get; init; }

    /// <summary>The rung that the first GOP has, since no policy chooses it. Null: the best is taken.</summary>
    public int? FirstRung { get; init; }

    /// <summary>When the first byte can arrive, seconds after joining.</summary>
    public double JoinSeconds { get; init; }

    /// <summary>At the live edge: how long a byte is under way on an empty link, seconds.</summary>
    public double OneWaySeconds { get; init; }

    /// <summary>With read-ahead: media that the first picture waits for, seconds. Null: the first GOP.</summary>
    public double? StartSeconds { get; init; }

    /// <summary>By how much more, or less, stalls count.</summary>
    public double StallFactor { get; init; } = 1;

    /// <summary>Frames of a GOP.</summary>
    public int FramesPerGop { get; init; } = 30;

    /// <summary>States that lie within so many seconds of each other are taken for one, with the best of each: the result is an upper bound up to that.</summary>
    public double Grid { get; init; } = 0.002;
}

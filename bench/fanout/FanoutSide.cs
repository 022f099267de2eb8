namespace KnSock.Fanout;

/// <summary>The figures of the server, or of the yardstick.</summary>
public sealed record FanoutSide
{
    /// <summary>CPU seconds, user and system, per 10^9 bits that viewers received.</summary>
    public required double CpuSecondsPerGigabit { get; init; }

    /// <summary>What viewers received, all together.</summary>
    public required double GigabitsPerSecond { get; init; }

    /// <summary>What one viewer received.</summary>
    public required double MegabitsPerSecondPerViewer { get; init; }

    /// <summary>How much of the stream the viewer that got least received, to a batch at the start and the end; 1 is real time.</summary>
    public required double LeastDelivered { get; init; }

    /// <summary>Access units that viewers received.</summary>
    public required long Units { get; init; }

    /// <summary>Delay of a unit over the best of its viewer: the median. Null: units come ahead of time.</summary>
    public required double? SpreadP50Ms { get; init; }

    /// <summary>What 95 % keep to.</summary>
    public required double? SpreadP95Ms { get; init; }

    /// <summary>What 99 % keep to.</summary>
    public required double? SpreadP99Ms { get; init; }

    /// <summary>Units later than 100 ms.</summary>
    public required long? LateUnits { get; init; }

    /// <summary>Their share.</summary>
    public required double? LateShare { get; init; }

    /// <summary>Stalls of all viewers. Null: the yardstick sends nothing ahead by design.</summary>
    public required int? Stalls { get; init; }

    /// <summary>Viewers that had less than the target ready at a time. Null: at the live edge there is just as much as that.</summary>
    public required int? ViewersBelowTarget { get; init; }

    /// <summary>The least that any viewer had ready.</summary>
    public required double? LeastBufferMs { get; init; }

    /// <summary>How often something was left out for a viewer to catch up.</summary>
    public required int Skips { get; init; }

    /// <summary>Context switches of the process.</summary>
    public required double ContextSwitchesPerSecond { get; init; }
}

/// <summary>Viewers that are not what is measured.</summary>
public sealed record FanoutGroup
{
    /// <summary>Viewers.</summary>
    public required int Viewers { get; init; }

    /// <summary>Those that got what they came for and were not cut off.</summary>
    public required int Served { get; init; }

    /// <summary>What one received.</summary>
    public required double MegabitsPerSecondPerViewer { get; init; }

    /// <summary>Stalls.</summary>
    public required int Stalls { get; init; }

    /// <summary>How often something was left out for one to catch up.</summary>
    public required int Skips { get; init; }

    /// <summary>What 95 % take from connect to the first decodable picture.</summary>
    public required double? JoinP95Ms { get; init; }

    /// <summary>Why the first one was cut off. Null: none was.</summary>
    public required string? FirstFault { get; init; }
}

/// <summary>One round.</summary>
/// <param name="ServerCpuSecondsPerGigabit">The server's cost.</param>
/// <param name="YardstickCpuSecondsPerGigabit">The yardstick's cost.</param>
/// <param name="Ratio">The one by the other.</param>
/// <param name="ServerSpreadP95Ms">The server's spread.</param>
/// <param name="YardstickSpreadP95Ms">The yardstick's spread.</param>
public sealed record FanoutRound(
    double ServerCpuSecondsPerGigabit, double? YardstickCpuSecondsPerGigabit, double? Ratio, double? ServerSpreadP95Ms, double? YardstickSpreadP95Ms);

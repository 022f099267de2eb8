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

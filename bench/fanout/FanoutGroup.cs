namespace KnSock.Fanout;

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

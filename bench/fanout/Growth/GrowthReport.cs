namespace KnSock.Fanout.Growth;

/// <summary>What was measured, point by point.</summary>
public sealed record GrowthReport
{
    /// <summary>The points, in the order of measuring.</summary>
    public required IReadOnlyList<GrowthPoint> Points { get; init; }

    /// <summary>Those that could not be measured.</summary>
    public required IReadOnlyList<GrowthFailure> Failures { get; init; }
}

namespace KnSock.Fanout;

/// <summary>What came out. Costs are the medians of the rounds, delays and stalls those of all rounds together.</summary>
public sealed record FanoutReport
{
    /// <summary>Viewers that take the whole stream.</summary>
    public required int Viewers { get; init; }

    /// <summary>How long was measured in each round.</summary>
    public required double Seconds { get; init; }

    /// <summary>Channels.</summary>
    public required int Channels { get; init; }

    /// <summary>The transport.</summary>
    public required string Transport { get; init; }

    /// <summary><c>live</c> or <c>readahead</c>.</summary>
    public required string Edge { get; init; }

    /// <summary>The read-ahead that the server granted, seconds.</summary>
    public required double? GrantedSeconds { get; init; }

    /// <summary>Cores of the machine, which the viewers run on, too.</summary>
    public required int Cores { get; init; }

    /// <summary>The server.</summary>
    public required FanoutSide Server { get; init; }

    /// <summary>The least that a server can do. Null: not measured.</summary>
    public required FanoutSide? Yardstick { get; init; }

    /// <summary>How often the yardstick sent.</summary>
    public required double? YardstickBatchMs { get; init; }

    /// <summary>The server's CPU seconds per gigabit, by the yardstick's in the same round.</summary>
    public required double? Ratio { get; init; }

    /// <summary>The rungs that viewers had at the end, and how many.</summary>
    public required IReadOnlyDictionary<string, int> Renditions { get; init; }

    /// <summary>The server's resident memory before the viewers came.</summary>
    public required long MemoryBeforeKiB { get; init; }

    /// <summary>The server's resident memory over the first round's measured time, evenly.</summary>
    public required IReadOnlyList<long> MemoryKiB { get; init; }

    /// <summary>The difference for each viewer. What the kernel holds for sockets is not in it.</summary>
    public required double MemoryPerViewerKiB { get; init; }

    /// <summary>Collections of the server while it was measured. Null: it does not say.</summary>
    public required int? Collections { get; init; }

    /// <summary>Bytes that the server allocated while it was measured. Null: it does not say.</summary>
    public required long? AllocatedBytes { get; init; }

    /// <summary>From connect to the first decodable picture with all viewers running, one viewer after another: the median.</summary>
    public required double? JoinP50Ms { get; init; }

    /// <summary>What 95 % of these keep to.</summary>
    public required double? JoinP95Ms { get; init; }

    /// <summary>The same of the viewers that are measured, as they came: the median.</summary>
    public required double? RampJoinP50Ms { get; init; }

    /// <summary>What 95 % of these keep to.</summary>
    public required double? RampJoinP95Ms { get; init; }

    /// <summary>Cores that the viewers themselves took.</summary>
    public required double LoadCores { get; init; }

    /// <summary>Viewers that should not have ended and did, and the first one's reason.</summary>
    public required int Faults { get; init; }

    /// <summary>The first one's reason.</summary>
    public required string? FirstFault { get; init; }

    /// <summary>Viewers that read at half the rate. Null: none.</summary>
    public required FanoutGroup? Slow { get; init; }

    /// <summary>Viewers that read nothing for a while. Null: none.</summary>
    public required FanoutGroup? Stuck { get; init; }

    /// <summary>Viewers without a selection. Null: none.</summary>
    public required FanoutGroup? Idle { get; init; }

    /// <summary>Viewers that joined and left. Null: none.</summary>
    public required FanoutGroup? Churn { get; init; }

    /// <summary>The rounds one by one.</summary>
    public required IReadOnlyList<FanoutRound> Rounds { get; init; }
}

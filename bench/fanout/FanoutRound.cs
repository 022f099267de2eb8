namespace KnSock.Fanout;

/// <summary>One round.</summary>
/// <param name="ServerCpuSecondsPerGigabit">The server's cost.</param>
/// <param name="YardstickCpuSecondsPerGigabit">The yardstick's cost.</param>
/// <param name="Ratio">The one by the other.</param>
/// <param name="ServerSpreadP95Ms">The server's spread.</param>
/// <param name="YardstickSpreadP95Ms">The yardstick's spread.</param>
public sealed record FanoutRound(
    double ServerCpuSecondsPerGigabit, double? YardstickCpuSecondsPerGigabit, double? Ratio, double? ServerSpreadP95Ms, double? YardstickSpreadP95Ms);

using System.Diagnostics;

namespace KnSock.Fanout;

/// <summary>The machine's monotonic clock.</summary>
internal static class Clock
{
    private const long MicrosecondsPerSecond = 1_000_000;
    private static readonly long TicksPerMicrosecond = Math.Max(1, Stopwatch.Frequency / MicrosecondsPerSecond);

    /// <summary>Microseconds from any zero.</summary>
    public static long Now => Stopwatch.GetTimestamp() / TicksPerMicrosecond;
}

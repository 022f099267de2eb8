namespace KnSock.Client;

/// <summary>The monotonic clock of a time provider as a span, which is how the classes without a clock of their own are told the time.</summary>
internal static class MonotonicTime
{
    /// <summary>Time since an arbitrary zero.</summary>
    public static TimeSpan Elapsed(this TimeProvider time) => time.GetElapsedTime(0);
}

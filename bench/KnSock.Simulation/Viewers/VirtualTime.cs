namespace KnSock.Simulation.Viewers;

/// <summary>Time that stands still until a run moves it. Nothing waits in it: a run calls everybody when their time has come.</summary>
internal sealed class VirtualTime : TimeProvider
{
    /// <summary>The time.</summary>
    public TimeSpan Now { get; set; }

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override long GetTimestamp() => Now.Ticks;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + Now;

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        throw new InvalidOperationException("a production class waits for time, which a simulation cannot do");
}

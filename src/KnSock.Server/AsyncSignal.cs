namespace KnSock.Server;

/// <summary>Wakes everybody who waits for a change. Take <see cref="Next"/> first, look at the state, then await it: no change is missed.</summary>
internal sealed class AsyncSignal
{
    private TaskCompletionSource _next = New();

    /// <summary>Completes with the next <see cref="Pulse"/>.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    /// <summary>Says that something has changed.</summary>
    public void Pulse() => Interlocked.Exchange(ref _next, New()).SetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

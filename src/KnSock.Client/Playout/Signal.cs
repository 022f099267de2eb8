namespace KnSock.Client.Playout;

/// <summary>Wakes those who wait for something, or lets them go after a time.</summary>
internal sealed class Signal(TimeProvider time)
{
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Wakes everybody who waits now.</summary>
    public void Set() =>
        Interlocked.Exchange(ref _next, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    /// <summary>A wait that the next <see cref="Set"/> ends, whenever it is started; to be taken before what it announces is looked for.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    /// <summary>Waits for <paramref name="signalled"/>, but not longer than <paramref name="atMost"/>.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task WaitAsync(Task signalled, TimeSpan atMost, CancellationToken cancellationToken)
    {
        if (!signalled.IsCompleted && atMost > TimeSpan.Zero)
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await Task.WhenAny(signalled, Task.Delay(atMost, time, stop.Token));
            await stop.CancelAsync();
        }

        cancellationToken.ThrowIfCancellationRequested();
    }
}

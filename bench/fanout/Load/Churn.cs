namespace KnSock.Fanout.Load;

/// <summary>Viewers that join evenly and leave two seconds later.</summary>
internal sealed class Churn : IAsyncDisposable
{
    private const int StaySeconds = 2;

    private readonly CancellationTokenSource _end;
    private readonly Task _running;

    /// <summary>Begins.</summary>
    /// <param name="load">Where they join.</param>
    /// <param name="perSecond">How many join a second, and leave. 0: none.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Churn(LoadGenerator load, int perSecond, CancellationToken cancellationToken)
    {
        _end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _running = perSecond > 0 ? RunAsync(load, perSecond) : Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        try
        {
            await _running;
        }
        catch (OperationCanceledException)
        {
            // That is how it ends.
        }

        _end.Dispose();
    }

    private async Task RunAsync(LoadGenerator load, int perSecond)
    {
        var present = new Queue<LoadViewer>();
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / perSecond));
        while (await timer.WaitForNextTickAsync(_end.Token))
        {
            present.Enqueue(await load.AddAsync(ViewerRole.Churn));
            if (present.Count > perSecond * StaySeconds)
            {
                await load.RemoveAsync(present.Dequeue(), isForgotten: false);
            }
        }
    }
}

namespace KnSock.Server.Channels;

/// <summary>A place for each encoder that may run at a time, of all channels.</summary>
internal sealed class EncoderPlaces(int limit) : IDisposable
{
    private readonly SemaphoreSlim _free = new(limit);
    private int _waiting;

    public int Limit => limit;

    /// <summary>Somebody waits for a place.</summary>
    public bool AreWaitedFor => Volatile.Read(ref _waiting) > 0;

    /// <summary>None is free.</summary>
    public bool AreTaken => _free.CurrentCount == 0;

    /// <summary>Takes a place when one is free; to be given back by <see cref="GiveBack"/>.</summary>
    public async Task TakeAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _waiting);
        try
        {
            await _free.WaitAsync(cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    public void GiveBack() => _free.Release();

    public void Dispose() => _free.Dispose();
}

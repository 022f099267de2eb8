namespace KnSock.Server.Endpoints.Hls;

/// <summary>Bounds what HLS viewers, who are nobody in particular, can have at a time: renditions that are fed for them, and requests that wait.</summary>
internal sealed class HlsLeases
{
    private const int MostFed = 128;
    private const int MostWaiting = 4_000;

    private int _fed;
    private int _waiting;

    /// <summary>Takes the place of a rendition that is fed. False: all are taken.</summary>
    public bool TryTake() => TryTake(ref _fed, MostFed);

    /// <summary>Gives a rendition's place back.</summary>
    public void GiveBack() => Interlocked.Decrement(ref _fed);

    /// <summary>Takes the place of a request that may wait. False: all are taken.</summary>
    public bool TryWait() => TryTake(ref _waiting, MostWaiting);

    /// <summary>Gives a request's place back.</summary>
    public void EndWait() => Interlocked.Decrement(ref _waiting);

    private static bool TryTake(ref int taken, int most)
    {
        if (Interlocked.Increment(ref taken) <= most)
        {
            return true;
        }

        Interlocked.Decrement(ref taken);
        return false;
    }
}

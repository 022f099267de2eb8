namespace KnSock.Server.Loops;

/// <summary>How much of the time a loop is at work.</summary>
/// <param name="interval">It is worked out anew as often as this.</param>
internal sealed class LoopLoad(TimeSpan interval)
{
    private double _busyShare;
    private TimeSpan _waited;
    private TimeSpan _ratedAt;

    /// <summary>The share, 0 to 1, of the last interval. From any thread.</summary>
    public double BusyShare => Volatile.Read(ref _busyShare);

    /// <summary>The loop has waited.</summary>
    /// <param name="time">For how long.</param>
    /// <param name="now">The server's clock.</param>
    public void Waited(TimeSpan time, TimeSpan now)
    {
        _waited += time;
        if (now - _ratedAt is var since && since >= interval)
        {
            Volatile.Write(ref _busyShare, 1 - Math.Min(1, _waited / since));
            (_ratedAt, _waited) = (now, TimeSpan.Zero);
        }
    }
}

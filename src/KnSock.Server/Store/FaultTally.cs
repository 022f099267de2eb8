namespace KnSock.Server.Store;

/// <summary>Sums up faults that repeat, so that they are told once a second at most.</summary>
internal sealed class FaultTally(TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private readonly Lock _lock = new();
    private long? _toldAt;
    private int _untold;

    /// <summary>Counts a fault. Gives the number to tell, or 0 where it is too early to tell again.</summary>
    public int Add()
    {
        lock (_lock)
        {
            _untold++;
            if (_toldAt is { } at && time.GetElapsedTime(at) < Interval)
            {
                return 0;
            }

            _toldAt = time.GetTimestamp();
            (var count, _untold) = (_untold, 0);
            return count;
        }
    }
}

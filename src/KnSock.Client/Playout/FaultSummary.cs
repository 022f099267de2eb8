namespace KnSock.Client.Playout;

/// <summary>Counts faults that may come by the hundred, and gives one sentence a second about them.</summary>
/// <param name="what">The fault, such as "pictures could not be decoded".</param>
internal sealed class FaultSummary(string what)
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private int _count;
    private TimeSpan? _lastSaid;

    /// <summary>Counts a fault.</summary>
    /// <param name="why">What is known about it.</param>
    /// <param name="now">The present time.</param>
    /// <returns>A sentence about all faults since the last one. Null within a second of that.</returns>
    public string? Add(string why, TimeSpan now)
    {
        _count++;
        if (now - _lastSaid < Period)
        {
            return null;
        }

        var sentence = $"{_count} {what}: {why}";
        (_count, _lastSaid) = (0, now);
        return sentence;
    }
}

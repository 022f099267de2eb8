namespace KnSock.Server.Adaptation;

/// <summary>
/// Learns for how long a link carries little, or nothing, before it comes back. Whether that is so within the next moment is taken not to depend on how long it has lasted, so one number says
/// it all; it begins with what other links did.
/// </summary>
/// <param name="priorTimes">So many times of other links count beside the viewer's own.</param>
/// <param name="priorSeconds">How long they took together, seconds.</param>
internal sealed class LowTimes(double priorTimes, double priorSeconds)
{
    private double _times = priorTimes;
    private double _seconds = priorSeconds;
    private TimeSpan _present;

    /// <summary>How long it takes on average; one that lasts counts with what it has taken so far.</summary>
    public TimeSpan Mean => TimeSpan.FromSeconds((_seconds + _present.TotalSeconds) / _times);

    /// <summary>Takes in for how long it has lasted by now.</summary>
    public void Follow(TimeSpan present)
    {
        if (present < _present)
        {
            (_seconds, _times) = (_seconds + _present.TotalSeconds, _times + 1);
        }

        _present = present;
    }
}

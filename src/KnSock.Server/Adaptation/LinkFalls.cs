namespace KnSock.Server.Adaptation;

/// <summary>
/// Learns how likely a link is to fall within a second: to carry much less of what waits than it was known to carry when the second began. One that had little to carry did not fall, for all that
/// matters. It begins with what other links did (<see cref="LinkScenarios.FallShare"/>), which counts as much as some seconds of its own.
/// </summary>
internal sealed class LinkFalls
{
    /// <summary>Less than this share of what was known is a fall.</summary>
    private const double Below = 0.8;

    /// <summary>Others' links count as much as so many seconds of its own.</summary>
    private const double PriorSeconds = 10;

    /// <summary>Bytes must have waited for so much of a second for it to show anything, seconds.</summary>
    private const double LeastBusy = 0.4;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    /// <summary>What was seen this long ago counts a third of what is seen now.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(30);

    private double _falls;
    private double _seconds;
    private double? _known;
    private TimeSpan _length;
    private double _busy;
    private double _bits;

    /// <summary>The share of seconds in which it falls.</summary>
    public double Share => ((PriorSeconds * LinkScenarios.FallShare) + _falls) / (PriorSeconds + _seconds);

    /// <summary>Takes in a short time.</summary>
    /// <param name="length">How long it was.</param>
    /// <param name="bytes">What came through.</param>
    /// <param name="isBusy">Whether bytes were waiting.</param>
    /// <param name="known">What the link is known to carry from now on, bit/s; null: nothing is known.</param>
    public void Add(TimeSpan length, long bytes, bool isBusy, double? known)
    {
        _length += length;
        if (isBusy)
        {
            (_busy, _bits) = (_busy + length.TotalSeconds, _bits + (bytes * 8));
        }

        if (_known is not null && _length < Second)
        {
            return;
        }

        if (_known is { } before)
        {
            var fade = Math.Exp(-(_length / Memory));
            var fell = _busy >= LeastBusy && _bits < Below * before * _busy;
            (_falls, _seconds) = ((_falls * fade) + (fell ? 1 : 0), (_seconds * fade) + 1);
        }

        (_known, _length, _busy, _bits) = (known, TimeSpan.Zero, 0, 0);
    }
}

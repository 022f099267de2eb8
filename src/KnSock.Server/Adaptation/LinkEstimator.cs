namespace KnSock.Server.Adaptation;

/// <summary>Estimates what a link carries from samples taken about every 100 ms.</summary>
/// <remarks>
/// Only while bytes were waiting does delivery show the link's capacity; at other times it shows what was offered, which the link carries
/// at least. The two are kept apart: taking the second for the first would hold every viewer at its present rung.
/// </remarks>
internal sealed class LinkEstimator
{
    private static readonly TimeSpan BusyWindow = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan OfferedWindow = TimeSpan.FromSeconds(4);

    /// <summary>In a shorter time what buffers on the way let through at once would look like a fast link.</summary>
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromMilliseconds(80);

    /// <summary>Bytes that waited at both ends of a longer time need not have waited in between.</summary>
    private static readonly TimeSpan LongestBusy = TimeSpan.FromMilliseconds(300);

    private static readonly TimeSpan ShortestBusy = TimeSpan.FromMilliseconds(180);

    /// <summary>What was seen this long ago counts a third of what is seen now for what is usual.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(20);

    /// <summary>By how much a link is taken to be off what is usual for it before that was seen, as a logarithm.</summary>
    private const double FirstDeviation = 0.3;

    private readonly List<Interval> _intervals = [];
    private double _usualBits;
    private double _usualSeconds;
    private double _deviation = FirstDeviation;
    private LinkSample? _last;
    private TimeSpan _lastAt;

    /// <summary>Bytes that a link may let through at once after a rest and that say nothing about its rate. Zero where hardly more than that is ever sent at once.</summary>
    public long Burst { get; set; }

    /// <summary>The present estimate.</summary>
    public LinkEstimate Estimate { get; private set; } = new(BitsPerSecond: null, IsCapacity: false, Busy: TimeSpan.Zero, Usual: null);

    /// <summary>Bytes under way when the last sample was taken.</summary>
    public long UnderWay { get; private set; }

    public void Add(LinkSample sample, TimeSpan now)
    {
        UnderWay = sample.UnderWay;
        if (_last is not null && now - _lastAt < ShortestInterval)
        {
            return;
        }

        if (_last is { } last && now > _lastAt)
        {
            Add(new Interval(_lastAt, now, sample.DeliveredBytes - last.DeliveredBytes, last.IsBacklogged && sample.IsBacklogged && now - _lastAt <= LongestBusy));
        }

        (_last, _lastAt) = (sample, now);
        var old = 0;
        while (old < _intervals.Count && now - _intervals[old].From > OfferedWindow)
        {
            old++;
        }

        _intervals.RemoveRange(0, old);

        Estimate = Compute(now);
        Compare(_intervals.Count > 0 ? _intervals[^1] : default);
    }

    /// <summary>Only a link that has as much to carry as it can shows how steady it is.</summary>
    private void Compare(Interval last)
    {
        if (last.IsBusy && Estimate is { IsCapacity: true, BitsPerSecond: > 0 and var rate, Usual: > 0 and var usual })
        {
            var fade = Math.Exp(-(last.Length / Memory));
            _deviation = (_deviation * fade) + (Math.Abs(Math.Log(rate / usual)) * (1 - fade));
        }

        Estimate = Estimate with { Deviation = _deviation };
    }

    private void Add(Interval interval)
    {
        // A link that had no more to carry is taken to carry what it is known to: else only its bad moments would count.
        var known = interval.IsBusy ? 0 : (Estimate.BitsPerSecond ?? 0) * interval.Length.TotalSeconds;
        if (interval.IsBusy || interval.Bytes > 0)
        {
            var fade = Math.Exp(-(interval.Length / Memory));
            (_usualBits, _usualSeconds) = ((_usualBits * fade) + Math.Max(interval.Bytes * 8, known), (_usualSeconds * fade) + interval.Length.TotalSeconds);
        }

        if (interval.IsIdle && _intervals.Count > 0 && _intervals[^1].IsIdle)
        {
            // Most viewers have nothing under way most of the time.
            _intervals[^1] = _intervals[^1] with { To = interval.To };
        }
        else
        {
            _intervals.Add(interval);
        }
    }

    private LinkEstimate Compute(TimeSpan now)
    {
        var (busyTime, busyBytes, offered, busyNow) = (TimeSpan.Zero, 0L, 0.0, TimeSpan.Zero);
        foreach (var interval in _intervals)
        {
            busyNow = interval.IsBusy ? busyNow + interval.Length : TimeSpan.Zero;
            if (!interval.IsBusy)
            {
                offered = Math.Max(offered, Math.Max(0, interval.Bytes - Burst) * 8 / interval.Length.TotalSeconds);
            }
            else if (now - interval.To < BusyWindow)
            {
                busyTime += interval.Length;
                busyBytes += interval.Bytes;
            }
        }

        double? usual = _usualSeconds > 0 ? _usualBits / _usualSeconds : null;
        if (busyTime >= ShortestBusy)
        {
            return new LinkEstimate(busyBytes * 8 / busyTime.TotalSeconds, IsCapacity: true, busyNow, usual);
        }

        return new LinkEstimate(offered > 0 ? offered : null, IsCapacity: false, busyNow, usual);
    }

    private readonly record struct Interval(TimeSpan From, TimeSpan To, long Bytes, bool IsBusy)
    {
        public TimeSpan Length => To - From;

        /// <summary>It says nothing.</summary>
        public bool IsIdle => Bytes == 0 && !IsBusy;
    }
}

/// <summary>What a link carries.</summary>
/// <param name="BitsPerSecond">The rate; null before anything is known.</param>
/// <param name="IsCapacity">True: the link carries this and no more. False: it carries at least this.</param>
/// <param name="Busy">For how long without a break bytes have been waiting.</param>
/// <param name="Usual">What it carried in the last half minute or so: while bytes were waiting what came through, at other times what it was known to carry at least; null before anything is known.</param>
/// <param name="Deviation">
/// By how much what it carried was off what is usual, as a logarithm, in the mean of the last half minute or so in which bytes were waiting: 0.1 is a tenth; null if that is not known.
/// </param>
internal readonly record struct LinkEstimate(double? BitsPerSecond, bool IsCapacity, TimeSpan Busy, double? Usual = null, double? Deviation = null)
{
    /// <summary>What it is likely to carry, for people: while nothing waits, little is offered, and what it showed before says more. Null before anything is known.</summary>
    public double? Likely => IsCapacity || !(Usual > BitsPerSecond) ? BitsPerSecond : Usual;
}

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

    /// <summary>Bytes that waited at both ends of a longer time need not have waited in between, unless none came through.</summary>
    private static readonly TimeSpan LongestBusy = TimeSpan.FromMilliseconds(300);

    private static readonly TimeSpan ShortestBusy = TimeSpan.FromMilliseconds(180);

    /// <summary>What was seen this long ago counts a third of what is seen now for what is usual.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(20);

    /// <summary>The same while a link carries more than is usual: the steadier it was, the sooner that is taken to be its new way. Times its deviation, and no more than the memory.</summary>
    private static readonly TimeSpan MemoryPerDeviation = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan ShortestMemory = TimeSpan.FromSeconds(3);

    /// <summary>By how much a link is taken to be off what is usual for it before that was seen, as a logarithm.</summary>
    private const double FirstDeviation = 0.3;

    /// <summary>What comes through less than this share of what is usual is as good as nothing: the link is dead, not slow.</summary>
    private const double DeadShare = 0.05;

    /// <summary>
    /// What a slow link lets through is acknowledged in lumps, with nothing in between (small windows, proxies, radio that sleeps). So a link is dead only when more than this is missing, bytes.
    /// </summary>
    private const int Lump = 32 * 1024;

    /// <summary>A link that carries less than this share of what is usual is in a dip, which ends when it carries more than the other.</summary>
    private const double DipBelow = 0.5;

    private const double DipEnds = 0.7;

    private readonly List<Interval> _intervals = [];
    private readonly LowTimes _dead = new(priorTimes: 3, priorSeconds: 4.5);
    private readonly LowTimes _dips = new(priorTimes: 3, priorSeconds: 12);
    private readonly LinkFalls _falls = new();
    private TimeSpan? _deadFrom;
    private TimeSpan _dip;
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

        var since = default(Interval);
        if (_last is { } last && now > _lastAt)
        {
            var bytes = sample.DeliveredBytes - last.DeliveredBytes;
            var hasWaited = last.IsBacklogged && sample.IsBacklogged && (now - _lastAt <= LongestBusy || bytes == 0);
            since = new Interval(_lastAt, now, bytes, hasWaited);
            Add(since);
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
        FollowDead(now);
        FollowDip(_intervals.Count > 0 ? _intervals[^1] : default);
        _falls.Add(since.Length, since.Bytes, since.IsBusy, Estimate.BitsPerSecond);
        Estimate = Estimate with { MeanDead = _dead.Mean, MeanDip = _dips.Mean, FallShare = _falls.Share };
    }

    /// <summary>It may be dead for longer than intervals are kept.</summary>
    private void FollowDead(TimeSpan now)
    {
        _deadFrom = Estimate.Dead == TimeSpan.Zero ? null : _deadFrom ?? now - Estimate.Dead;
        Estimate = Estimate with { Dead = now - (_deadFrom ?? now) };
        _dead.Follow(Estimate.Dead);
    }

    /// <summary>While it had little to carry it is not known whether it is still in a dip.</summary>
    private void FollowDip(Interval last)
    {
        if (Estimate is not { BitsPerSecond: { } rate, Usual: { } usual })
        {
            return;
        }

        if (rate > DipEnds * usual)
        {
            _dip = TimeSpan.Zero;
        }
        else if (Estimate.IsCapacity && last.IsBusy && Estimate.Dead == TimeSpan.Zero && (_dip > TimeSpan.Zero || rate < DipBelow * usual))
        {
            _dip += last.Length;
        }

        _dips.Follow(_dip);
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
            var bits = Math.Max(interval.Bytes * 8, known);
            var isMore = bits * _usualSeconds > _usualBits * interval.Length.TotalSeconds;
            var fade = Math.Exp(-(interval.Length / (isMore ? MemoryWhenMore() : Memory)));
            (_usualBits, _usualSeconds) = ((_usualBits * fade) + bits, (_usualSeconds * fade) + interval.Length.TotalSeconds);
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

    private TimeSpan MemoryWhenMore() => TimeSpan.FromTicks(Math.Clamp((long)(_deviation * MemoryPerDeviation.Ticks), ShortestMemory.Ticks, Memory.Ticks));

    private LinkEstimate Compute(TimeSpan now)
    {
        var (busyTime, busyBytes, offered, busyNow, dead, isBack) = (TimeSpan.Zero, 0L, 0.0, TimeSpan.Zero, TimeSpan.Zero, false);
        double? usual = _usualSeconds > 0 ? _usualBits / _usualSeconds : null;
        var leastDead = usual > 0 ? TimeSpan.FromSeconds(Math.Max(ShortestBusy.TotalSeconds, Math.Min(Lump * 8 / usual.Value, OfferedWindow.TotalSeconds))) : ShortestBusy;
        foreach (var interval in _intervals)
        {
            busyNow = interval.IsBusy ? busyNow + interval.Length : TimeSpan.Zero;
            if (!interval.IsBusy)
            {
                if (dead >= leastDead && interval.Bytes > 0)
                {
                    // It came back, and carried all that was left.
                    (busyTime, busyBytes) = (TimeSpan.Zero, 0);
                }

                (offered, dead) = (Math.Max(offered, Math.Max(0, interval.Bytes - Burst) * 8 / interval.Length.TotalSeconds), TimeSpan.Zero);
                continue;
            }

            var isDead = interval.Bytes * 8 < DeadShare * usual * interval.Length.TotalSeconds;
            if (isDead ? dead < leastDead && dead + interval.Length >= leastDead : dead >= leastDead)
            {
                // What it carried before says nothing of a link that died or came back.
                (busyTime, busyBytes, isBack) = (isDead ? dead : TimeSpan.Zero, 0, !isDead);
            }

            dead = isDead ? dead + interval.Length : TimeSpan.Zero;
            if (now - interval.To < BusyWindow)
            {
                busyTime += interval.Length;
                busyBytes += interval.Bytes;
            }
        }

        if (busyTime >= ShortestBusy)
        {
            return new LinkEstimate(busyBytes * 8 / busyTime.TotalSeconds, IsCapacity: true, busyNow, usual, Dead: dead >= leastDead ? dead : TimeSpan.Zero);
        }

        return isBack && busyNow > TimeSpan.Zero
            // It has come back just now: it is to be seen with what.
            ? Estimate with { Busy = busyNow, Usual = usual }
            : new LinkEstimate(offered > 0 ? offered : null, IsCapacity: false, busyNow, usual);
    }

    private readonly record struct Interval(TimeSpan From, TimeSpan To, long Bytes, bool IsBusy)
    {
        public TimeSpan Length => To - From;

        /// <summary>It says nothing.</summary>
        public bool IsIdle => Bytes == 0 && !IsBusy;
    }
}

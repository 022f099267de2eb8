namespace KnSock.Client.Playout;

/// <summary>
/// How much media is to lie ready before playout starts, and at the live edge how far playout keeps behind: what the user asked for, and more for as long as units
/// come late.
/// </summary>
/// <remarks>
/// Grows at once: when a unit comes too late by a fifth, at least 40 ms, and to what 97 of 100 half seconds would have asked for. Shrinks
/// by 20 ms a second after 10 s in which nothing made it grow. What is learned is forgotten with a half-life of 20 s, and of 3 s when for 10 s nothing came nearly as late: then what
/// made it grow is over. It stays between 100 ms and the ceiling. The constants are those of WebRTC's NetEQ, but for the shorter half-life.
/// </remarks>
/// <param name="floor">What the user asked for.</param>
/// <param name="ceiling">The highest that is learned. It does not lower the floor.</param>
internal sealed class TargetDelay(TimeSpan floor, TimeSpan ceiling)
{
    private static readonly TimeSpan LeastLearned = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LeastStep = TimeSpan.FromMilliseconds(40);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan CleanTime = TimeSpan.FromSeconds(10);
    private const double StepFactor = 1.2;

    /// <summary>What needs more than this share of the target is nearly as late.</summary>
    private const double Calm = 0.75;
    private const double ShrinkPerSecond = 0.020;

    private readonly LatenessHistogram _latenesses = new();
    private TimeSpan _learned;
    private TimeSpan _lastLate = TimeSpan.MinValue / 2;
    private TimeSpan _lastNearlyLate = TimeSpan.MinValue / 2;
    private TimeSpan _lastStep = TimeSpan.MinValue / 2;
    private TimeSpan _shrunkUntil;
    private TimeSpan? _intervalStart;
    private TimeSpan _worst;

    /// <summary>The delay wanted at <paramref name="now"/>.</summary>
    public TimeSpan At(TimeSpan now)
    {
        Shrink(now);
        return _learned > floor ? _learned : floor;
    }

    /// <summary>A unit came that the server had sent as soon as it was due.</summary>
    /// <param name="needed">With how much media lying ready it would have been just in time.</param>
    /// <param name="now">The present time.</param>
    public void OnArrival(TimeSpan needed, TimeSpan now)
    {
        _intervalStart ??= now;
        if (now - _intervalStart >= Interval)
        {
            // What waited comes at once and is one event.
            TakeIn(_worst, now);
            (_intervalStart, _worst) = (now, TimeSpan.Zero);
        }

        _worst = needed > _worst ? needed : _worst;
    }

    /// <summary>A unit came later than it was needed.</summary>
    /// <param name="now">The present time.</param>
    /// <param name="needed">With how much media lying ready it would have been just in time, if known: what is wanted already may be enough, and only not be there yet.</param>
    public void OnLate(TimeSpan now, TimeSpan? needed = null)
    {
        var present = At(now);
        _lastLate = now;
        if (now - _lastStep < Interval || needed <= present)
        {
            return;
        }

        _lastStep = now;
        var step = present * (StepFactor - 1);
        Learn(present + (step > LeastStep ? step : LeastStep));
    }

    private void TakeIn(TimeSpan worst, TimeSpan now)
    {
        if (worst > At(now) * Calm)
        {
            _lastNearlyLate = now;
        }

        _latenesses.Add(worst, isCalm: now - _lastNearlyLate >= CleanTime);
        if (_latenesses.Quantile() is var wanted && wanted > At(now))
        {
            _lastLate = now;
            Learn(wanted);
        }
    }

    private void Learn(TimeSpan wanted)
    {
        var most = ceiling > LeastLearned ? ceiling : LeastLearned;
        _learned = wanted < LeastLearned ? LeastLearned : wanted > most ? most : wanted;
    }

    private void Shrink(TimeSpan now)
    {
        var from = _lastLate + CleanTime;
        from = from > _shrunkUntil ? from : _shrunkUntil;
        _shrunkUntil = now > _shrunkUntil ? now : _shrunkUntil;
        var least = _latenesses.Quantile() is var wanted && wanted > floor ? wanted : floor;
        if (now <= from || _learned <= least)
        {
            return;
        }

        var shrunk = _learned - ((now - from) * ShrinkPerSecond);
        _learned = shrunk > least ? shrunk : least;
    }
}

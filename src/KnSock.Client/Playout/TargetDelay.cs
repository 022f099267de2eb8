namespace KnSock.Client.Playout;

/// <summary>How much media is to lie ready before playout starts: what the user asked for, and more for as long as units come late.</summary>
/// <remarks>
/// Grows at once on lateness (by a fifth, at least 40 ms, not more often than each half second) and shrinks by 20 ms a second after 10 s
/// without. The learned part stays between 100 and 1,500 ms. The constants are those of WebRTC's NetEQ.
/// </remarks>
/// <param name="floor">What the user asked for.</param>
internal sealed class TargetDelay(TimeSpan floor)
{
    private static readonly TimeSpan LeastLearned = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan MostLearned = TimeSpan.FromMilliseconds(1500);
    private static readonly TimeSpan LeastStep = TimeSpan.FromMilliseconds(40);
    private static readonly TimeSpan BetweenSteps = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan CleanTime = TimeSpan.FromSeconds(10);
    private const double StepFactor = 1.2;
    private const double ShrinkPerSecond = 0.020;

    private TimeSpan _learned;
    private TimeSpan _lastLate = TimeSpan.MinValue / 2;
    private TimeSpan _lastStep = TimeSpan.MinValue / 2;
    private TimeSpan _shrunkUntil;

    /// <summary>The delay wanted at <paramref name="now"/>.</summary>
    public TimeSpan At(TimeSpan now)
    {
        Shrink(now);
        return _learned > floor ? _learned : floor;
    }

    /// <summary>A unit came later than it was needed.</summary>
    public void OnLate(TimeSpan now)
    {
        var present = At(now);
        _lastLate = now;
        if (now - _lastStep < BetweenSteps)
        {
            return;
        }

        _lastStep = now;
        var step = present * (StepFactor - 1);
        var grown = present + (step > LeastStep ? step : LeastStep);
        _learned = TimeSpan.FromTicks(Math.Clamp(grown.Ticks, LeastLearned.Ticks, MostLearned.Ticks));
    }

    private void Shrink(TimeSpan now)
    {
        var from = _lastLate + CleanTime;
        from = from > _shrunkUntil ? from : _shrunkUntil;
        if (now <= from || _learned <= floor)
        {
            return;
        }

        _learned -= (now - from) * ShrinkPerSecond;
        _shrunkUntil = now;
    }
}

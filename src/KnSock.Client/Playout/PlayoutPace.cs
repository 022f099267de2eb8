namespace KnSock.Client.Playout;

/// <summary>How playout stands towards its target delay at the live edge.</summary>
/// <param name="Depth">Media ahead of playout when the fastest unit comes: what is there at the best, whatever is late just now.</param>
/// <param name="Target">How much that should be.</param>
/// <param name="Level">Media ahead of playout at present.</param>
internal readonly record struct PaceInput(TimeSpan Depth, TimeSpan Target, TimeSpan Level)
{
    /// <summary>The same as <see cref="Depth"/> by the fastest unit of late: less where the way has become longer.</summary>
    public TimeSpan RecentDepth { get; init; } = Depth;

    /// <summary>By how much playout is further behind than it should be.</summary>
    public TimeSpan Excess => Depth - Target;

    /// <summary>By how much it is less far behind than it should be, below 0.</summary>
    public TimeSpan Lack => RecentDepth - Target;
}

/// <summary>Decides how fast playout goes at the live edge, so that it keeps to its target delay, and when it jumps there.</summary>
/// <remarks>
/// Up to 30 ms or a tenth of the target either way are left to a correction of half a percent at most that nobody hears; in the long run it makes up for the
/// drift of the clocks, for the level holds all of it: that of the sound card, the server's and ours. (A regression over minutes would find the same number later, and would
/// have to be told about every jump.) What is more for half a second is caught up with at 5 %, above half a second at 10 %. What is less for a second is made up for by playing up to 5 % slower. Either
/// goes on until next to nothing is left, so it does not set in again and again. Further behind than a second and five times the target, or 2 s beyond it, it jumps.
/// Holds no clock.
/// </remarks>
internal sealed class PlayoutPace
{
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LeastBand = TimeSpan.FromMilliseconds(30);
    private static readonly TimeSpan BehindFor = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan ShortFor = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FarBehind = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LeastJump = TimeSpan.FromSeconds(1);
    private const double JumpTargets = 5;

    /// <summary>A target that has grown to seconds is no reason to catch up for minutes.</summary>
    private static readonly TimeSpan MostCaughtUp = TimeSpan.FromSeconds(2);
    private const double Least = 0.02;
    private const double Most = 0.05;
    private const double MostFarBehind = 0.10;
    private const double MostUnheard = 0.005;

    /// <summary>What is to be worked off is so within this time where the limits allow it, seconds: quickly where it is heard, slowly where it is not.</summary>
    private const double QuickSeconds = 1;
    private const double SlowSeconds = 10;

    private TimeSpan? _updatedAt;
    private TimeSpan? _outsideSince;
    private int _outside;
    private int _direction;

    /// <summary>How fast playout goes: 1 = as recorded.</summary>
    public double Rate { get; private set; } = 1;

    /// <summary>Playout stands, or is not at the live edge.</summary>
    public void Reset() => (Rate, _updatedAt, _outsideSince, _outside, _direction) = (1, null, null, 0, 0);

    /// <summary>Decides anew.</summary>
    /// <returns>By how much playout is to jump forwards. Zero: it is not.</returns>
    public TimeSpan Update(in PaceInput input, TimeSpan now)
    {
        if (now - _updatedAt < Between)
        {
            return TimeSpan.Zero;
        }

        _updatedAt = now;
        var excess = input.Excess;
        if (input.Depth > LeastJump && (input.Depth > input.Target * JumpTargets || excess > MostCaughtUp) && input.Level - excess >= input.Target / 2)
        {
            Reset();
            return excess;
        }

        Turn(input, now);
        Rate = 1 + Correction(input);
        return TimeSpan.Zero;
    }

    /// <summary>Sets in with hurrying or dawdling where it has been needed for long, and ends it where nothing is left to do.</summary>
    private void Turn(in PaceInput input, TimeSpan now)
    {
        var band = input.Target / 10 > LeastBand ? input.Target / 10 : LeastBand;
        if (_direction > 0 ? input.Excess < band / 6 : input.Lack > -band / 6)
        {
            _direction = 0;
        }

        var outside = input.Excess > band ? 1 : input.Lack < -band ? -1 : 0;
        if (outside != _outside)
        {
            (_outside, _outsideSince) = (outside, now);
        }

        if (outside != 0 && now - _outsideSince >= (outside > 0 ? BehindFor : ShortFor))
        {
            _direction = outside;
        }
    }

    private double Correction(in PaceInput input)
    {
        var excess = input.Excess.TotalSeconds;
        if (_direction == 0)
        {
            return Math.Clamp(excess / SlowSeconds, -MostUnheard, MostUnheard);
        }

        if (_direction < 0)
        {
            return Math.Clamp(input.Lack.TotalSeconds / QuickSeconds, -Most, -Least);
        }

        // What is late just now is not to be run out of.
        return input.Level < input.Target / 2
            ? 0
            : Math.Clamp(excess / QuickSeconds, Least, input.Excess > FarBehind ? MostFarBehind : Most);
    }
}

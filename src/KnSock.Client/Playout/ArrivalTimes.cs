using KnSock.Media;

namespace KnSock.Client.Playout;

/// <summary>Tells how much later units come than the fastest of the last two seconds, whatever the clocks of the two sides say.</summary>
/// <remarks>
/// Two seconds hold the longest GOP, within which the keyframe is slow and what follows is fast, and forget soon enough that a route has become longer.
/// Holds no clock.
/// </remarks>
internal sealed class ArrivalTimes
{
    private const int Bins = 40;
    private const int FewBins = 10;
    private static readonly TimeSpan Width = TimeSpan.FromMilliseconds(50);

    /// <summary>For each bin of time its number, and the least of our clock less where the media ended that was there then.</summary>
    private readonly (long Number, TimeSpan Way)[] _bins = new (long, TimeSpan)[Bins];

    /// <summary>Creates it.</summary>
    public ArrivalTimes() => Reset();

    /// <summary>Media came.</summary>
    /// <param name="end">Where the media ends that is there now.</param>
    /// <param name="now">The present time.</param>
    /// <returns>By how much it came later than the fastest.</returns>
    public TimeSpan Add(Timestamp end, TimeSpan now)
    {
        var (number, way) = (now.Ticks / Width.Ticks, now - end.SinceZero);
        ref var bin = ref _bins[number % Bins];
        if (bin.Number != number || way < bin.Way)
        {
            bin = (number, way);
        }

        return way - Least(now, Bins)!.Value;
    }

    /// <summary>How much media lies behind <paramref name="position"/> when the fastest unit comes. Null where none came lately.</summary>
    public TimeSpan? DepthAt(Timestamp position, TimeSpan now) => now - position.SinceZero - Least(now, Bins);

    /// <summary>The same by the fastest of the last half second. Null where none came in it.</summary>
    public TimeSpan? RecentDepthAt(Timestamp position, TimeSpan now) => now - position.SinceZero - Least(now, FewBins);

    /// <summary>Another timeline begins.</summary>
    public void Reset() => Array.Fill(_bins, (-1, TimeSpan.Zero));

    private TimeSpan? Least(TimeSpan now, int bins)
    {
        var oldest = (now.Ticks / Width.Ticks) - bins + 1;
        TimeSpan? least = null;
        foreach (var (number, way) in _bins)
        {
            if (number >= oldest && number >= 0 && !(least <= way))
            {
                least = way;
            }
        }

        return least;
    }
}

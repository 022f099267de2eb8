namespace KnSock.Client.Playout;

/// <summary>Keeps account of what a user sees: for how long, in which renditions, and when the picture stands still that should move. Memory is bounded by the renditions.</summary>
/// <remarks>
/// Stalls are what playout stopped for; that the picture stands still is what is seen of them, and of pictures left out, too.
/// </remarks>
internal sealed class PictureRecord
{
    /// <summary>Who sees a picture for longer than this sees that it stands still.</summary>
    public static readonly TimeSpan StandsStillAfter = TimeSpan.FromMilliseconds(80);

    private readonly Dictionary<string, long> _shown = new(StringComparer.Ordinal);
    private TimeSpan? _last;
    private TimeSpan _frame;
    private TimeSpan _watched;
    private TimeSpan _stood;
    private int _standstills;

    /// <summary>A picture is shown.</summary>
    /// <param name="rendition">Its rendition.</param>
    /// <param name="frame">How long each is to be seen.</param>
    /// <param name="now">The present time.</param>
    public void OnShown(string rendition, TimeSpan frame, TimeSpan now)
    {
        Account(now, ref _watched, ref _stood, ref _standstills);
        _shown[rendition] = _shown.GetValueOrDefault(rendition) + 1;
        (_last, _frame) = (now, frame);
    }

    /// <summary>The user pauses, goes on, seeks or changes the channel: until the next picture nothing is expected to move.</summary>
    public void OnBreak(TimeSpan now)
    {
        Account(now, ref _watched, ref _stood, ref _standstills);
        _last = null;
    }

    /// <summary>What was seen so far.</summary>
    public WatchedFigures At(TimeSpan now)
    {
        var (watched, stood, standstills) = (_watched, _stood, _standstills);
        Account(now, ref watched, ref stood, ref standstills);
        return new WatchedFigures
        {
            Seconds = watched.TotalSeconds,
            Standstills = standstills,
            StandstillMs = stood.TotalMilliseconds,
            Pictures = new Dictionary<string, long>(_shown, StringComparer.Ordinal),
        };
    }

    private void Account(TimeSpan now, ref TimeSpan watched, ref TimeSpan stood, ref int standstills)
    {
        if (_last is not { } last)
        {
            return;
        }

        var interval = now - last;
        watched += interval;
        if (interval > StandsStillAfter && interval > _frame * 2)
        {
            stood += interval - _frame;
            standstills++;
        }
    }
}

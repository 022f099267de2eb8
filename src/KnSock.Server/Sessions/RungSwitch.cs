using KnSock.Server.Channels;

namespace KnSock.Server.Sessions;

/// <summary>
/// Carries out what the selector chose: has the new rung encoded from the next GOP on, and lets the cursor change over when it is there, so
/// that no viewer ever waits for an encoder with a rung at hand that plays.
/// </summary>
internal sealed class RungSwitch(IReadOnlyList<RenditionTrack> tracks, int initialRung) : IDisposable
{
    private volatile int _target = initialRung;
    private volatile string _reason = "the first rung";
    private TrackReader? _prefetch;
    private RenditionTrack? _prefetched;

    /// <summary>The rung wanted.</summary>
    public RenditionTrack Target => tracks[_target];

    /// <summary>Why it is wanted.</summary>
    public string Reason => _reason;

    /// <summary>Wants another rung.</summary>
    public void Choose(int rung, string reason) => (_reason, _target) = (reason, rung);

    /// <summary>At the start of a GOP: changes over if the rung wanted has it, otherwise has it made. True if the cursor changed over.</summary>
    public bool TryAtGopStart(TrackCursor cursor)
    {
        var target = Target;
        if (target == cursor.Track)
        {
            StopPrefetching();
            return false;
        }

        if (target.ReadyUnits(cursor.Gop) > 0 || cursor.Track.ReadyUnits(cursor.Gop) == 0)
        {
            cursor.SwitchTo(target);
            StopPrefetching();
            return true;
        }

        Prefetch(target, cursor.NextGop);
        return false;
    }

    /// <summary>
    /// In the middle of a GOP: has a higher rung made from the next one on, and begins a GOP that the link cannot carry in time again in the
    /// lower rung, if that is at hand. True if so.
    /// </summary>
    /// <param name="cursor">The cursor.</param>
    /// <param name="bitsPerSecond">What the link carries, if known.</param>
    public bool TryWithinGop(TrackCursor cursor, double? bitsPerSecond)
    {
        var target = Target;
        if (target.Rendition.Index > cursor.Track.Rendition.Index)
        {
            Prefetch(target, cursor.NextGop);
            return false;
        }

        if (bitsPerSecond is not { } rate || target == cursor.Track)
        {
            return false;
        }

        Prefetch(target, cursor.Gop);
        var rest = BytesLeft(cursor) * 8 / rate;
        if (rest < LongestRest || target[cursor.Gop] is not { IsComplete: true } lower || lower.Bytes * 8 / rate > rest)
        {
            return false;
        }

        cursor.SwitchTo(target);
        StopPrefetching();
        return true;
    }

    /// <summary>A GOP whose rest is through within this time, seconds, is not begun again.</summary>
    private const double LongestRest = 0.5;

    public void Dispose() => StopPrefetching();

    private static double BytesLeft(TrackCursor cursor) =>
        cursor.Track[cursor.Gop] is { Count: > 0 } gop ? (double)gop.Bytes / gop.Count * cursor.UnitsLeft : 0;

    private void Prefetch(RenditionTrack target, int gop)
    {
        if (_prefetched != target)
        {
            StopPrefetching();
            (_prefetched, _prefetch) = (target, target.OpenReader(gop));
        }
        else if (_prefetch!.Gop != gop)
        {
            _prefetch.MoveTo(gop);
        }
    }

    private void StopPrefetching()
    {
        _prefetch?.Dispose();
        (_prefetch, _prefetched) = (null, null);
    }
}

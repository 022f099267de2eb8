using KnSock.Server.Channels;

namespace KnSock.Server.Sessions;

/// <summary>
/// Carries out what the selector chose: has the new rung encoded at once from where the cursor can change over, and lets it change over when
/// that is there, so that no viewer ever waits for an encoder with a rung at hand that plays.
/// </summary>
internal sealed class RungSwitch(IReadOnlyList<RenditionTrack> tracks, int initialRung) : IDisposable
{
    /// <summary>A GOP whose rest is through within this time, seconds, is not begun again.</summary>
    private const double LongestRest = 0.5;

    private int _target = initialRung;
    private string _reason = "the first rung";
    private (int Rung, int Gop, int NextGop, bool IsAtStart)? _at;
    private (RenditionTrack Track, TrackReader Reader)? _prefetch;
    private bool _isPending = true;
    private bool _isSuspended;
    private bool _isDisposed;

    /// <summary>The rung wanted.</summary>
    public RenditionTrack Target => tracks[_target];

    /// <summary>Why it is wanted.</summary>
    public string Reason => _reason;

    /// <summary>The rung that is sent.</summary>
    public int Sent => _at?.Rung ?? _target;

    /// <summary>The GOP at which another rung can begin next. Null: nothing was sent yet.</summary>
    public int? NextStart => _at is not { } at ? null : at.IsAtStart ? at.Gop : at.NextGop;

    /// <summary>It is not known where the cursor stands.</summary>
    public bool IsSuspended => _isSuspended;

    /// <summary>Another rung is wanted than the one that is sent.</summary>
    public bool IsPending => _isPending;

    /// <summary>Prepares nothing until it is known again where the cursor stands.</summary>
    public void Suspend() => _isSuspended = true;

    /// <summary>Wants another rung.</summary>
    public void Choose(int rung, string reason)
    {
        (_reason, _target) = (reason, rung);
        Prepare();
    }

    /// <summary>At the start of a GOP: changes over if the rung wanted has it. True if so.</summary>
    /// <param name="cursor">The cursor.</param>
    /// <param name="isHurried">The viewer has little to spare, so a higher rung has to have the whole GOP and more: an encoder that has just begun may hardly be faster than playout.</param>
    public bool TryAtGopStart(TrackCursor cursor, bool isHurried = false)
    {
        var hasIt = isHurried && Target.Rendition.Index > cursor.Track.Rendition.Index
            ? Target[cursor.Gop] is { IsComplete: true } && Target.ReadyUnits(cursor.NextGop) > 0
            : Target.ReadyUnits(cursor.Gop) > 0;
        if (Target != cursor.Track && (hasIt || cursor.Track.ReadyUnits(cursor.Gop) == 0))
        {
            return ChangeOver(cursor);
        }

        Note(cursor);
        return false;
    }

    /// <summary>In the middle of a GOP: begins one that the link cannot carry in time again in the lower rung, if that is at hand. True if so.</summary>
    /// <param name="cursor">The cursor.</param>
    /// <param name="bitsPerSecond">What the link carries, if known.</param>
    public bool TryWithinGop(TrackCursor cursor, double? bitsPerSecond)
    {
        Note(cursor);
        if (bitsPerSecond is not { } rate || Target.Rendition.Index >= cursor.Track.Rendition.Index
            || Target[cursor.Gop] is not { IsComplete: true } lower)
        {
            return false;
        }

        var rest = cursor.BytesLeft * 8 / rate;
        return rest >= LongestRest && lower.Bytes * 8 / rate <= rest && ChangeOver(cursor);
    }

    public void Dispose()
    {
        _isDisposed = true;
        StopPrefetching();
    }

    private bool ChangeOver(TrackCursor cursor)
    {
        cursor.SwitchTo(Target);
        Note(cursor);
        return true;
    }

    private void Note(TrackCursor cursor)
    {
        _isSuspended = false;
        _at = (cursor.Track.Rendition.Index, cursor.Gop, cursor.NextGop, cursor.IsAtGopStart);
        Prepare();
    }

    /// <summary>Has the rung wanted made: a higher one from the next GOP on, a lower one from the present, which may have to be begun again.</summary>
    private void Prepare()
    {
        _isPending = _at?.Rung != _target;
        if (_at is not { } at || _isDisposed || _isSuspended)
        {
            return;
        }

        if (_target == at.Rung)
        {
            StopPrefetching();
            return;
        }

        var gop = _target > at.Rung ? at.NextGop : at.Gop;
        if (_prefetch is not { } prefetch || prefetch.Track != Target)
        {
            StopPrefetching();
            _prefetch = (Target, Target.OpenReader(gop));
        }
        else if (prefetch.Reader.Gop != gop)
        {
            prefetch.Reader.MoveTo(gop);
        }
    }

    private void StopPrefetching()
    {
        _prefetch?.Reader.Dispose();
        _prefetch = null;
    }
}

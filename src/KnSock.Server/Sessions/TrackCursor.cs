using KnSock.Media;
using KnSock.Server.Channels;
using KnSock.Server.Sources;

namespace KnSock.Server.Sessions;

/// <summary>A viewer's place in a track of an endless loop.</summary>
internal sealed class TrackCursor : IDisposable
{
    private readonly LoopTimeline _timeline;
    private TrackReader _reader;
    private Gop? _current;
    private long _turn;
    private int _gop;
    private int _unit;

    public TrackCursor(LoopTimeline timeline, RenditionTrack track, long turn, int gop)
    {
        (_timeline, Track, _turn, _gop) = (timeline, track, turn, gop);
        _reader = track.OpenReader(gop);
        SkipEmptyGops();
    }

    public RenditionTrack Track { get; private set; }

    /// <summary>The GOP within the turn that is read now or next.</summary>
    public int Gop => _gop;

    /// <summary>The GOP after it.</summary>
    public int NextGop => (_gop + 1) % _timeline.GopCount;

    /// <summary>Where the present turn begins on the viewer's timeline.</summary>
    public Timestamp TurnStart => _timeline.TurnStart(_turn);

    /// <summary>Nothing of the present GOP was read yet.</summary>
    public bool IsAtGopStart => _unit == 0;

    /// <summary>Units of the present GOP that were not read yet.</summary>
    public int UnitsLeft => _timeline.UnitsIn(Track.Rendition.Kind, _gop) - _unit;

    /// <summary>The encoder gave up in the middle of the GOP that was being read, and its rest was passed over.</summary>
    public bool HasSkipped { get; private set; }

    /// <summary>The next unit, if it is encoded. Call <see cref="Advance"/> when it is dealt with.</summary>
    public bool TryPeek(out FramedUnit unit, out Gop gop)
    {
        if (_unit == 0 || _current is null)
        {
            _current = Track[_gop];
        }
        else if (_current.IsAbandoned && _unit >= _current.Count)
        {
            HasSkipped = true;
            MoveToNextGop();
            SkipEmptyGops();
            _current = Track[_gop];
        }

        if (_current is null || _unit >= _current.Count)
        {
            (unit, gop) = (default, null!);
            return false;
        }

        (unit, gop) = (_current[_unit], _current);
        return true;
    }

    /// <summary>Moves behind the unit just peeked at.</summary>
    public void Advance()
    {
        if (_unit++ == 0)
        {
            Track.Touch(_current!);
        }

        HasSkipped = false;
        if (_unit >= _timeline.UnitsIn(Track.Rendition.Kind, _gop))
        {
            MoveToNextGop();
            SkipEmptyGops();
        }
    }

    /// <summary>Goes on in another rung from the start of the present GOP, also when a part of it was read already.</summary>
    public void SwitchTo(RenditionTrack track)
    {
        _reader.Dispose();
        (Track, _unit, _current) = (track, 0, null);
        _reader = track.OpenReader(_gop);
    }

    public void Dispose() => _reader.Dispose();

    /// <summary>The last GOP's time may hold no unit of sound at all, where it is shorter than one.</summary>
    private void SkipEmptyGops()
    {
        while (_timeline.UnitsIn(Track.Rendition.Kind, _gop) == 0)
        {
            MoveToNextGop();
        }
    }

    private void MoveToNextGop()
    {
        (_unit, _current) = (0, null);
        if (++_gop == _timeline.GopCount)
        {
            (_gop, _turn) = (0, _turn + 1);
        }

        _reader.MoveTo(_gop);
    }
}

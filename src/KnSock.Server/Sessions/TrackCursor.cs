using System.Diagnostics.CodeAnalysis;
using KnSock.Media;
using KnSock.Server.Channels;
using KnSock.Server.Sources;

namespace KnSock.Server.Sessions;

/// <summary>A viewer's place in a track of an endless loop.</summary>
internal sealed class TrackCursor : IDisposable
{
    private readonly LoopTimeline _timeline;
    private TrackReader? _reader;
    private Gop? _current;
    private long _turn;
    private int _gop;
    private int _unit;

    public TrackCursor(LoopTimeline timeline, RenditionTrack track, long turn, int gop)
        : this(timeline, track, new Place(turn, gop, 0))
    {
    }

    public TrackCursor(LoopTimeline timeline, RenditionTrack track, Place place)
    {
        (_timeline, Track) = (timeline, track);
        ResumeAt(place);
    }

    public RenditionTrack Track { get; private set; }

    /// <summary>The GOP within the turn that is read now or next.</summary>
    public int Gop => _gop;

    /// <summary>The GOP after it.</summary>
    public int NextGop => (_gop + 1) % _timeline.GopCount;

    /// <summary>Where the present turn begins on the viewer's timeline.</summary>
    public Timestamp TurnStart { get; private set; }

    /// <summary>Where it stands.</summary>
    public Place Place => new(_turn, _gop, _unit);

    /// <summary>Nothing of the present GOP was read yet.</summary>
    public bool IsAtGopStart => _unit == 0;

    /// <summary>Units of the present GOP that were not read yet.</summary>
    public int UnitsLeft => _timeline.UnitsIn(Track.Rendition.Kind, _gop) - _unit;

    /// <summary>How long the rest of the present GOP plays.</summary>
    public TimeSpan Rest => TurnStart + _timeline.GopStart(_gop + 1).SinceZero - Position;

    /// <summary>Bytes of the present GOP that were not read yet; what is not encoded yet by the mean of what is.</summary>
    public long BytesLeft => Track[_gop] switch
    {
        { IsComplete: true } gop => gop.Bytes - gop.Start(_unit),
        { Count: > 0 } gop => gop.Bytes / gop.Count * UnitsLeft,
        _ => 0,
    };

    /// <summary>What comes next does not continue what was read: the encoder gave up in the middle of a GOP, or units were left out.</summary>
    public bool HasSkipped { get; private set; }

    /// <summary>The turn that is read.</summary>
    public long Turn => _turn;

    /// <summary>The number of the unit within its GOP that is read next.</summary>
    public int Unit => _unit;

    /// <summary>The GOP of the next unit, if that is encoded. Call <see cref="Advance"/> when it was sent.</summary>
    public bool TryPeek([NotNullWhen(true)] out Gop? gop)
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

        gop = _current is { } current && _unit < current.Count ? current : null;
        return gop is not null;
    }

    /// <summary>When the unit just peeked at is decoded, on the viewer's timeline.</summary>
    public Timestamp NextDts => TurnStart + _current![_unit].Dts.SinceZero;

    /// <summary>The same, to a frame, whether it is there or not.</summary>
    public Timestamp Position => TurnStart + _timeline.GopStart(_gop).SinceZero + (_unit * _timeline.FrameRate.StartOf(1).SinceZero);

    /// <summary>The end of the units from the one just peeked at that lie ready in its GOP and are decoded by then; at least that one.</summary>
    public int EndOfRun(Timestamp limit)
    {
        var (gop, turn) = (_current!, TurnStart);
        var end = gop.Count;
        if (turn + gop[end - 1].Dts.SinceZero <= limit)
        {
            return end;
        }

        for (end = _unit + 1; end < gop.Count && turn + gop[end].Dts.SinceZero <= limit;)
        {
            end++;
        }

        return end;
    }

    /// <summary>Moves behind the units of which bytes were sent, beginning with that just peeked at.</summary>
    /// <returns>Where the last of them ends, in bytes from the first.</returns>
    public int Advance(int bytes)
    {
        var (gop, first, start) = (_current!, _unit, _current!.Start(_unit));
        var end = first + 1;
        if (gop.Start(gop.Count) - start <= bytes)
        {
            end = gop.Count;
        }

        while (gop.Start(end) - start < bytes)
        {
            end++;
        }

        if (first == 0)
        {
            Track.Touch(gop);
        }

        MoveTo(end);
        return gop.Start(end) - start;
    }

    /// <summary>Moves on by units, whether they are there or not.</summary>
    public void Skip(int units)
    {
        while (units > 0)
        {
            if (_unit == 0 && Track[_gop] is { } gop)
            {
                Track.Touch(gop);
            }

            var step = Math.Min(units, UnitsLeft);
            MoveTo(_unit + step);
            units -= step;
        }
    }

    /// <summary>Needs nothing for the time being; another cursor reads for it.</summary>
    public void Suspend()
    {
        _reader?.Dispose();
        (_reader, _current) = (null, null);
    }

    /// <summary>Reads from another place on.</summary>
    public void ResumeAt(Place place, Gop? gop = null)
    {
        _reader?.Dispose();
        (_turn, _gop, _unit, _current) = (place.Turn, place.Gop, place.Unit, gop);
        TurnStart = _timeline.TurnStart(_turn);
        _reader = Track.OpenReader(_gop);
        SkipEmptyGops();
    }

    /// <summary>Leaves what lies between and goes on at the start of another GOP.</summary>
    public void JumpTo(long turn, int gop)
    {
        (_turn, _gop, _unit, _current) = (turn, gop, 0, null);
        TurnStart = _timeline.TurnStart(turn);
        _reader!.MoveTo(gop);
        SkipEmptyGops();
        HasSkipped = true;
    }

    /// <summary>Goes on in another rung from the start of the present GOP, also when a part of it was read already.</summary>
    public void SwitchTo(RenditionTrack track)
    {
        _reader?.Dispose();
        (Track, _unit, _current) = (track, 0, null);
        _reader = track.OpenReader(_gop);
    }

    public void Dispose() => _reader?.Dispose();

    /// <summary>The last GOP's time may hold no unit of sound at all, where it is shorter than one.</summary>
    private void SkipEmptyGops()
    {
        while (_timeline.UnitsIn(Track.Rendition.Kind, _gop) == 0)
        {
            MoveToNextGop();
        }
    }

    private void MoveTo(int unit)
    {
        _unit = unit;
        HasSkipped = false;
        if (_unit >= _timeline.UnitsIn(Track.Rendition.Kind, _gop))
        {
            MoveToNextGop();
            SkipEmptyGops();
        }
    }

    private void MoveToNextGop()
    {
        (_unit, _current) = (0, null);
        if (++_gop == _timeline.GopCount)
        {
            (_gop, _turn) = (0, _turn + 1);
            TurnStart = _timeline.TurnStart(_turn);
        }

        _reader!.MoveTo(_gop);
    }
}

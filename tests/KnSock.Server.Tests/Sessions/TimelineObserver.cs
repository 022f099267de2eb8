using System.Buffers;
using KnSock.Media;
using KnSock.Protocol;
using KnSock.Server.Adaptation;
using KnSock.Server.Loops;
using KnSock.Server.Sessions;
using KnSock.Server.Sources;

namespace KnSock.Server.Tests.Sessions;

/// <summary>Takes frames and checks that each unit follows those before it on the viewer's timeline, for a number of turns.</summary>
internal sealed class TimelineObserver(LoopTimeline timeline, TrackKind kind, int turns) : IMediaConnection
{
    private readonly FrameReader _reader = new();
    private readonly HashSet<long> _ahead = [];
    private Mark _mark;
    private Timestamp? _lastDts;
    private int? _rendition;
    private long _due;
    private uint _sequence;
    private bool _isOver;

    /// <summary>Where the first unit of each turn lies.</summary>
    public List<Timestamp> TurnStarts { get; } = [];

    public long Units { get; private set; }

    public int Changes { get; private set; }

    public int Discontinuities { get; private set; }

    /// <summary>Where the last unit ended.</summary>
    public Timestamp End { get; private set; }

    public TimeSpan? WaitingSince => null;

    public void AllowMore(bool more)
    {
    }

    public LinkSample Sample(TimeSpan now) => new(0, IsBacklogged: false);

    public int Write(Segments segments)
    {
        // Each piece is whole frames.
        for (var i = 0; i < segments.Count; i++)
        {
            Take(segments[i]);
        }

        return segments.Length;
    }

    public int Write(ReadOnlySpan<byte> bytes)
    {
        Take(bytes.ToArray());
        return bytes.Length;
    }

    private void Take(ReadOnlyMemory<byte> frames)
    {
        var buffer = new ReadOnlySequence<byte>(frames);
        while (!_isOver && _reader.TryRead(ref buffer, out var frame))
        {
            Discontinuities += frame.Header.Flags.HasFlag(FrameFlags.Discontinuity) ? 1 : 0;
            if (frame.Header.Kind == FrameKind.Mark)
            {
                _mark = Mark.Read(frame.Payload.ToArray());
            }
            else if (frame.Header.Kind == FrameKind.AccessUnit)
            {
                Take(frame.Header);
            }
        }
    }

    private void Take(FrameHeader header)
    {
        var (pts, dts) = (_mark.TurnStart + header.Pts.SinceZero, _mark.TurnStart + header.Dts.SinceZero);
        var isFirstOfTurn = header.Sequence == 0;
        if (isFirstOfTurn && TurnStarts.Count == turns)
        {
            Assert.Empty(_ahead);
            _isOver = true;
            return;
        }

        if (isFirstOfTurn)
        {
            TurnStarts.Add(pts);
            Assert.Equal(timeline.TurnStart(TurnStarts.Count - 1), pts);
        }

        Assert.True(isFirstOfTurn ? Units == 0 || IsEndOfTurn() : header.Sequence == _sequence + 1, $"unit {header.Sequence} after {_sequence}");
        Assert.True(!(dts <= _lastDts) && dts <= pts, $"turn {TurnStarts.Count}, unit {header.Sequence}: decoded {dts} after {_lastDts}, presented {pts}");
        if (kind == TrackKind.Video)
        {
            TakePicture(header, pts);
        }
        else
        {
            TakeSound(header, pts);
        }

        Changes += _rendition is { } before && before != header.Rendition ? 1 : 0;
        (_lastDts, _sequence, _rendition) = (dts, header.Sequence, header.Rendition);
        Units++;
    }

    /// <summary>Each frame comes once, in its place on the endless grid, and before a keyframe all that are presented before it.</summary>
    private void TakePicture(FrameHeader header, Timestamp pts)
    {
        var frame = (long)Math.Round(pts.Microseconds * timeline.FrameRate.PerSecond / 1e6);
        Assert.InRange((pts - timeline.FrameRate.StartOf(frame)).TotalMicroseconds, -1, 1);
        Assert.True(!header.Flags.HasFlag(FrameFlags.Keyframe) || (frame == _due && _ahead.Count == 0), $"keyframe {frame} where {_due} is due");
        Assert.True(frame >= _due && _ahead.Add(frame), $"frame {frame} again");
        while (_ahead.Remove(_due))
        {
            _due++;
        }

        Assert.True(_ahead.Count <= LoopTimeline.DeepestReordering);
    }

    /// <summary>Each unit begins where the one before ended; a turn's start is rounded once, so at a seam that may be a microsecond off.</summary>
    private void TakeSound(FrameHeader header, Timestamp pts)
    {
        Assert.InRange((pts - End).Duration().TotalMicroseconds, 0, header.Sequence == 0 ? 1 : 0);
        Assert.True(header.DurationMicroseconds > 0);
        End = pts + TimeSpan.FromMicroseconds(header.DurationMicroseconds);
    }

    private bool IsEndOfTurn() =>
        _sequence == (kind == TrackKind.Video ? timeline.FrameCount : timeline.FirstAudioUnit(timeline.GopCount)) - 1;
}

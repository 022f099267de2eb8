using KnSock.Media;
using KnSock.Protocol;
using KnSock.Server.Channels;
using KnSock.Server.Loops;

namespace KnSock.Server.Sessions;

/// <summary>
/// Viewers of one loop who are at the live edge of the same rung and stand at the same place, as nearly all do: what goes out to them is worked out once for a step, and
/// of each there is only its number of steps to look at. Who cannot take a step whole leaves, and goes on from that place by itself.
/// </summary>
internal sealed class LiveGroup(Channel channel, RenditionTrack track) : IDisposable
{
    /// <summary>Steps whose beginnings are remembered, for those who leave late.</summary>
    private const int Remembered = 8;

    private readonly (Place Sound, Place Picture)[] _beginnings = new (Place, Place)[Remembered];
    private readonly ReadOnlyMemory<byte>[] _configurations = new ReadOnlyMemory<byte>[2];
    private readonly Part[] _parts = [new(), new()];
    private byte[] _bytes = new byte[64 * 1024];
    private int _length;
    private bool _isMarked;
    private TrackCursor? _sound;
    private TrackCursor? _picture;
    private TimeSpan _markedAt;
    private Timestamp _sentAt;
    private Timestamp _liveEdge;
    private (Place Sound, Place Picture) _brokenAt;
    private bool _isBroken;

    /// <summary>How many there are.</summary>
    public int Members { get; private set; }

    /// <summary>Steps so far.</summary>
    public long Steps { get; private set; }

    /// <summary>When the next step is due, on the server's clock.</summary>
    public TimeSpan Due { get; private set; }

    /// <summary>When the last mark was sent.</summary>
    public TimeSpan MarkedAt => _markedAt;

    /// <summary>Takes one in who stands where all stand. The first one says where that is.</summary>
    /// <param name="sound">Where its sound stands.</param>
    /// <param name="picture">Where its picture stands.</param>
    /// <param name="markedAt">When it was sent a mark.</param>
    /// <param name="due">When it has to be sent more.</param>
    /// <param name="now">The server's clock.</param>
    /// <returns>False if it stands elsewhere.</returns>
    public bool TryJoin(TrackFeed sound, TrackFeed picture, TimeSpan markedAt, TimeSpan due, TimeSpan now)
    {
        if (Members == 0)
        {
            Dispose();
            _sound = new TrackCursor(channel.Timeline, sound.Cursor.Track, sound.Cursor.Place);
            _picture = new TrackCursor(channel.Timeline, track, picture.Cursor.Place);
            (_markedAt, Due, _isBroken) = (markedAt, due, false);
            (_configurations[0], _configurations[1]) = (sound.Configuration, picture.Configuration);
        }
        else if (IsBrokenAt(now) || _sound!.Place != sound.Cursor.Place || _picture!.Place != picture.Cursor.Place
            || !_configurations[1].Span.SequenceEqual(picture.Configuration.Span))
        {
            return false;
        }

        Members++;
        return true;
    }

    /// <summary>Lets one go.</summary>
    public void Leave()
    {
        if (--Members == 0)
        {
            Dispose();
        }
    }

    /// <summary>Where a step began. Null: that is too long ago.</summary>
    /// <param name="step">Steps before it.</param>
    public (Place Sound, Place Picture)? BeginningOf(long step) =>
        step == Steps ? (_isBroken ? _brokenAt : (_sound!.Place, _picture!.Place)) : step < Steps && Steps - step <= Remembered ? _beginnings[step % Remembered] : null;

    /// <summary>Whether there is a step for one that has taken so many; works it out if it is due and nobody has taken it yet.</summary>
    /// <returns>Null: the group has gone elsewhere, and the viewer is to leave.</returns>
    public bool? HasStep(long taken, TimeSpan now)
    {
        if (taken == Steps && !_isBroken && now >= Due && !TryStep(now))
        {
            return _isBroken ? null : false;
        }

        return taken == Steps - 1 ? true : taken == Steps && !_isBroken ? false : null;
    }

    /// <summary>What goes out at the step, in one piece that is put together once for all; the viewer's marks are written into it. Valid until the next call.</summary>
    /// <param name="selection">The viewer's selection.</param>
    /// <param name="markCounts">Marks sent to the viewer so far.</param>
    public ReadOnlySpan<byte> BytesFor(uint selection, uint[] markCounts)
    {
        if (_isMarked)
        {
            for (var i = 0; i < _parts.Length; i++)
            {
                if (_parts[i].HasMark)
                {
                    Mark(i, selection, markCounts, _bytes.AsSpan(_parts[i].MarkAt));
                }
            }
        }

        return _bytes.AsSpan(0, _length);
    }

    /// <summary>Puts together what goes out at the step, piece by piece, for one who could not take it whole.</summary>
    /// <param name="segments">Takes it, with the tags that a sender knows its parts by.</param>
    /// <param name="selection">The viewer's selection.</param>
    /// <param name="marks">Room for the viewer's marks.</param>
    /// <param name="markCounts">Marks sent to the viewer so far.</param>
    public void Gather(Segments segments, uint selection, byte[] marks, uint[] markCounts)
    {
        for (var i = 0; i < _parts.Length; i++)
        {
            var part = _parts[i];
            if (part.Units.IsEmpty)
            {
                continue;
            }

            if (part.IsMarked)
            {
                var bytes = marks.AsMemory(i * FrameWriter.MarkSize, FrameWriter.MarkSize);
                Mark(i, selection, markCounts, bytes.Span);
                segments.Add(bytes, StepWriter.TagOf(i, SegmentKind.Mark));
            }

            if (!part.Configuration.IsEmpty)
            {
                segments.Add(part.Configuration, StepWriter.TagOf(i, SegmentKind.Configuration));
            }

            segments.Add(part.Units, StepWriter.TagOf(i, SegmentKind.Units));
        }
    }

    /// <summary>The GOP that a track's part of the step is from.</summary>
    public Gop? GopOf(int feed) => _parts[feed].Units.IsEmpty ? null : _parts[feed].Gop;

    /// <summary>Counts the marks of the step as sent.</summary>
    public void CountMarks(uint[] markCounts)
    {
        if (_isMarked)
        {
            markCounts[(int)TrackKind.Audio] += _parts[0].HasMark ? 1u : 0;
            markCounts[(int)TrackKind.Video] += _parts[1].HasMark ? 1u : 0;
        }
    }

    public void Dispose()
    {
        _sound?.Dispose();
        _picture?.Dispose();
        (_sound, _picture) = (null, null);
    }

    /// <summary>Takes the step that is due, so that one who has done so already finds all at the same place.</summary>
    private bool IsBrokenAt(TimeSpan now)
    {
        if (!_isBroken && now >= Due)
        {
            TryStep(now);
        }

        return _isBroken;
    }

    private bool TryStep(TimeSpan now)
    {
        var (sound, picture) = (_sound!, _picture!);
        (_sentAt, _liveEdge) = (Timestamp.FromTimeSpan(now), channel.LivePosition(Timestamp.FromTimeSpan(now)));
        var beginning = (sound.Place, picture.Place);
        var isThere = picture.TryPeek(out _);
        sound.TryPeek(out _);
        if (sound.HasSkipped || picture.HasSkipped || (isThere && _liveEdge - picture.NextDts > MediaSender.MostBehind))
        {
            // What has to be said of that is said to each by itself.
            (_isBroken, _brokenAt) = (true, beginning);
            return false;
        }

        if (!isThere)
        {
            Due = now + MediaSender.StarvedInterval;
            return false;
        }

        var isMarkDue = now - _markedAt >= StepWriter.MarkInterval;
        Take(0, sound, isMarkDue);
        Take(1, picture, isMarkDue && !_parts[0].HasMark);
        Due = MediaSender.NextTime(picture, channel.Epoch, now);
        if (_parts[0].Units.IsEmpty && _parts[1].Units.IsEmpty)
        {
            return false;
        }

        _isMarked = _parts[0].HasMark || _parts[1].HasMark;
        _markedAt = _isMarked ? now : _markedAt;
        _length = 0;
        Compose(_parts[0]);
        Compose(_parts[1]);
        _beginnings[Steps % Remembered] = beginning;
        Steps++;
        return true;
    }

    private void Take(int index, TrackCursor cursor, bool isMarkDue)
    {
        var part = _parts[index];
        part.Units = default;
        if (!cursor.TryPeek(out var gop) || cursor.NextDts > _liveEdge)
        {
            return;
        }

        part.IsMarked = isMarkDue || cursor.IsAtGopStart;
        part.TurnStart = cursor.TurnStart;
        part.Configuration = default;
        if (!_configurations[index].Span.SequenceEqual(gop.ConfigurationFrame.Span))
        {
            _configurations[index] = part.Configuration = gop.ConfigurationFrame;
        }

        part.Gop = gop;
        part.Units = gop.Frames(cursor.Unit, cursor.EndOfRun(_liveEdge));
        cursor.Advance(part.Units.Length);
    }

    private void Mark(int index, uint selection, uint[] markCounts, Span<byte> destination)
    {
        var mark = new Mark { Selection = selection, TurnStart = _parts[index].TurnStart, SendTime = _sentAt, LiveEdge = _liveEdge };
        var kind = index == 0 ? TrackKind.Audio : TrackKind.Video;
        FrameWriter.Mark(destination, mark, kind, index == 0 ? 0 : track.Rendition.Index, markCounts[(int)kind], discontinuity: false);
    }

    private void Compose(Part part)
    {
        if (part.Units.IsEmpty)
        {
            return;
        }

        var size = FrameWriter.MarkSize + part.Configuration.Length + part.Units.Length;
        if (_length + size > _bytes.Length)
        {
            Array.Resize(ref _bytes, 2 * (_length + size));
        }

        part.MarkAt = _length;
        _length += part.IsMarked ? FrameWriter.MarkSize : 0;
        part.Configuration.CopyTo(_bytes.AsMemory(_length));
        _length += part.Configuration.Length;
        part.Units.CopyTo(_bytes.AsMemory(_length));
        _length += part.Units.Length;
    }

    /// <summary>What goes out of one track at a step.</summary>
    private sealed class Part
    {
        public bool IsMarked { get; set; }

        public int MarkAt { get; set; }

        public Timestamp TurnStart { get; set; }

        public Gop? Gop { get; set; }

        public ReadOnlyMemory<byte> Configuration { get; set; }

        public ReadOnlyMemory<byte> Units { get; set; }

        public bool HasMark => IsMarked && !Units.IsEmpty;
    }
}

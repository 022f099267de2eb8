using KnSock.Media;
using KnSock.Protocol;
using KnSock.Server.Channels;
using KnSock.Server.Loops;

namespace KnSock.Server.Sessions;

/// <summary>What goes out to all members of a <see cref="LiveGroup"/> at one moment: put together once, in one piece, with room for each viewer's marks.</summary>
/// <param name="rung">The rung of the picture.</param>
internal sealed class LiveStep(int rung)
{
    private readonly ReadOnlyMemory<byte>[] _configurations = new ReadOnlyMemory<byte>[2];
    private readonly Part[] _parts = [new(), new()];
    private byte[] _bytes = new byte[64 * 1024];
    private int _length;
    private Timestamp _sentAt;
    private Timestamp _liveEdge;

    /// <summary>There is nothing to send.</summary>
    public bool IsEmpty => _parts[0].Units.IsEmpty && _parts[1].Units.IsEmpty;

    /// <summary>It tells its send time.</summary>
    public bool IsMarked => HasMark(0) || HasMark(1);

    /// <summary>The set-up of the picture's decoder that all members have.</summary>
    public ReadOnlyMemory<byte> PictureConfiguration => _configurations[1];

    /// <summary>The set-ups that the members have.</summary>
    public void Reset(ReadOnlyMemory<byte> sound, ReadOnlyMemory<byte> picture) => (_configurations[0], _configurations[1]) = (sound, picture);

    /// <summary>Puts together what is due, and moves the cursors behind it.</summary>
    /// <param name="sound">Where the sound stands.</param>
    /// <param name="picture">Where the picture stands.</param>
    /// <param name="liveEdge">What is decoded later is left.</param>
    /// <param name="now">The server's clock.</param>
    /// <param name="isMarkDue">It is time for a mark, whatever the tracks need.</param>
    public void Take(TrackCursor sound, TrackCursor picture, Timestamp liveEdge, Timestamp now, bool isMarkDue)
    {
        (_liveEdge, _sentAt, _length) = (liveEdge, now, 0);
        Take(0, sound, isMarkDue);
        Take(1, picture, isMarkDue && !HasMark(0));
    }

    /// <summary>The step in one piece, with a viewer's marks in it. Valid until the next call.</summary>
    /// <param name="selection">The viewer's selection.</param>
    /// <param name="marks">Marks sent to the viewer so far.</param>
    public ReadOnlySpan<byte> BytesFor(uint selection, MarkCounts marks)
    {
        for (var i = 0; i < _parts.Length; i++)
        {
            if (HasMark(i))
            {
                Mark(i, selection, marks, _bytes.AsSpan(_parts[i].MarkAt));
            }
        }

        return _bytes.AsSpan(0, _length);
    }

    /// <summary>Puts the step together piece by piece, for one who could not take it whole.</summary>
    /// <param name="segments">Takes it, with the tags that a sender knows its parts by.</param>
    /// <param name="selection">The viewer's selection.</param>
    /// <param name="room">Room for the viewer's marks.</param>
    /// <param name="marks">Marks sent to the viewer so far.</param>
    public void Gather(Segments segments, uint selection, byte[] room, MarkCounts marks)
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
                var bytes = room.AsMemory(i * FrameWriter.MarkSize, FrameWriter.MarkSize);
                Mark(i, selection, marks, bytes.Span);
                segments.Add(bytes, StepWriter.TagOf(i, SegmentKind.Mark));
            }

            if (!part.Configuration.IsEmpty)
            {
                segments.Add(part.Configuration, StepWriter.TagOf(i, SegmentKind.Configuration));
            }

            segments.Add(part.Units, StepWriter.TagOf(i, SegmentKind.Units));
        }
    }

    /// <summary>The GOP that a track's part of the step is from. Null: it has none.</summary>
    public Gop? GopOf(int feed) => _parts[feed].Units.IsEmpty ? null : _parts[feed].Gop;

    /// <summary>The marks that a viewer has been sent once it has taken the step.</summary>
    public MarkCounts Counted(MarkCounts marks) => new(marks.Sound + (HasMark(0) ? 1u : 0), marks.Picture + (HasMark(1) ? 1u : 0));

    private bool HasMark(int feed) => _parts[feed] is { IsMarked: true, Units.IsEmpty: false };

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
        Compose(part);
    }

    private void Mark(int index, uint selection, MarkCounts marks, Span<byte> destination)
    {
        var mark = new Mark { Selection = selection, TurnStart = _parts[index].TurnStart, SendTime = _sentAt, LiveEdge = _liveEdge };
        var kind = index == 0 ? TrackKind.Audio : TrackKind.Video;
        FrameWriter.Mark(destination, mark, kind, index == 0 ? 0 : rung, marks[kind], discontinuity: false);
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
    }
}

using KnSock.Media;
using KnSock.Protocol;
using KnSock.Server.Channels;
using KnSock.Server.Diagnostics;
using KnSock.Server.Loops;

namespace KnSock.Server.Sessions;

/// <summary>
/// Puts together what goes over one connection at a step, from where it lies framed for all viewers, with this viewer's marks in front, and keeps account of how much of it the
/// connection has taken.
/// </summary>
internal sealed class StepWriter(IMediaConnection connection, Segments segments, ServerMetrics metrics)
{
    /// <summary>The send time that a mark tells holds for the frames behind it, so marks are never further apart than this.</summary>
    public static readonly TimeSpan MarkInterval = TimeSpan.FromMilliseconds(100);

    private readonly byte[] _marks = new byte[2 * FrameWriter.MarkSize];
    private ReadOnlyMemory<byte> _rest;

    /// <summary>When the last mark was sent.</summary>
    public TimeSpan MarkedAt { get; set; }

    /// <summary>Marks sent so far.</summary>
    public MarkCounts Marks { get; set; }

    /// <summary>Nothing was added since the step was begun.</summary>
    public bool IsEmpty => segments.Count == 0;

    /// <summary>Begins a step.</summary>
    public void Begin() => segments.Clear();

    /// <summary>Sends what is left of the frame that the last step ended in the middle of.</summary>
    /// <returns>False if there is still some of it.</returns>
    public bool TryWriteRest()
    {
        if (_rest.IsEmpty)
        {
            return true;
        }

        segments.Clear();
        segments.Add(_rest, 0);
        var sent = connection.Write(segments);
        metrics.Sent(sent);
        _rest = _rest[sent..];
        return _rest.IsEmpty;
    }

    /// <summary>Adds what lies ready of a track up to a limit.</summary>
    /// <param name="viewing">What the viewer has selected.</param>
    /// <param name="feed">The track.</param>
    /// <param name="index">0: the first track of the connection; 1: the second.</param>
    /// <param name="gop">The GOP that it is at.</param>
    /// <param name="limit">What is decoded later is left.</param>
    /// <param name="now">The server's clock.</param>
    /// <param name="isMarkDue">It is time for a mark, whatever the track needs.</param>
    /// <returns>Whether a mark stands before it.</returns>
    public bool Add(Viewing viewing, TrackFeed feed, int index, Gop gop, Timestamp limit, Timestamp now, bool isMarkDue)
    {
        var cursor = feed.Cursor;
        var isMarked = isMarkDue || feed.NeedsMark;
        if (isMarked)
        {
            var kind = cursor.Track.Rendition.Kind;
            var mark = new Mark { Selection = viewing.Selection, TurnStart = cursor.TurnStart, SendTime = now, LiveEdge = viewing.LiveEdge(now) };
            var bytes = _marks.AsMemory(index * FrameWriter.MarkSize, FrameWriter.MarkSize);
            FrameWriter.Mark(bytes.Span, mark, kind, cursor.Track.Rendition.Index, Marks[kind], feed.IsDiscontinuous);
            segments.Add(bytes, TagOf(index, SegmentKind.Mark));
        }

        if (!feed.IsConfigured(gop))
        {
            segments.Add(gop.ConfigurationFrame, TagOf(index, SegmentKind.Configuration));
        }

        segments.Add(gop.Frames(cursor.Unit, cursor.EndOfRun(limit)), TagOf(index, SegmentKind.Units));
        return isMarked;
    }

    /// <summary>Adds frames without meaning.</summary>
    public void AddPadding(ReadOnlyMemory<byte> frames)
    {
        if (!frames.IsEmpty)
        {
            segments.Add(frames, TagOf(0, SegmentKind.Padding));
        }
    }

    /// <summary>Sends the step, and moves the tracks on by what was taken of it.</summary>
    /// <returns>False if that was not all.</returns>
    public bool TryWrite(List<TrackFeed> feeds, TimeSpan now)
    {
        var sent = connection.Write(segments);
        metrics.Sent(sent);
        return Commit(feeds, sent, now);
    }

    /// <summary>Begins a step with the parts that the step of a group has.</summary>
    public void Begin(LiveStep step, uint selection)
    {
        segments.Clear();
        step.Gather(segments, selection, _marks, Marks);
    }

    /// <summary>Moves the tracks on by what was sent of the step.</summary>
    /// <returns>False if that was not all.</returns>
    public bool Commit(List<TrackFeed> feeds, int sent, TimeSpan now)
    {
        for (var i = 0; i < segments.Count && sent > 0; i++)
        {
            var bytes = segments[i];
            var taken = Math.Min(sent, bytes.Length);
            sent -= taken;
            var frameEnd = Commit(feeds[segments.TagOf(i) >> 2], (SegmentKind)(segments.TagOf(i) & 3), bytes, taken, now);
            if (taken < bytes.Length)
            {
                _rest = bytes[taken..frameEnd];
                connection.NoteCut(_rest.Length);
                return false;
            }

            if (i == segments.Count - 1)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What the parts of a step are known by.</summary>
    /// <param name="feed">0: the first track; 1: the second.</param>
    /// <param name="part">What it is.</param>
    public static int TagOf(int feed, SegmentKind part) => (feed << 2) | (int)part;

    /// <summary>Moves on behind the frames of which bytes were sent.</summary>
    /// <returns>Where the last of them ends.</returns>
    private int Commit(TrackFeed feed, SegmentKind part, ReadOnlyMemory<byte> bytes, int taken, TimeSpan now)
    {
        switch (part)
        {
            case SegmentKind.Mark:
                Marks = Marks.With(feed.Cursor.Track.Rendition.Kind);
                MarkedAt = now;
                feed.Marked();
                return bytes.Length;
            case SegmentKind.Configuration:
                feed.Configured(bytes);
                return bytes.Length;
            case SegmentKind.Padding:
                return (taken + PaddingFrames.Size - 1) / PaddingFrames.Size * PaddingFrames.Size;
            default:
                return feed.Cursor.Advance(taken);
        }
    }
}

/// <summary>What a part of a step is.</summary>
internal enum SegmentKind
{
    /// <summary>A mark.</summary>
    Mark,

    /// <summary>The set-up of the decoder.</summary>
    Configuration,

    /// <summary>Frames of access units.</summary>
    Units,

    /// <summary>Frames without meaning.</summary>
    Padding,
}

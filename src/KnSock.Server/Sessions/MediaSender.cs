using KnSock.Media;
using KnSock.Protocol;
using KnSock.Server.Channels;
using KnSock.Server.Diagnostics;
using KnSock.Server.Loops;

namespace KnSock.Server.Sessions;

/// <summary>
/// Sends the tracks of a viewing over one connection. It holds nothing but places: each step takes what may be sent now, up to a GOP of each track, from where it
/// lies framed for all viewers, and puts the viewer's marks in front.
/// </summary>
internal sealed class MediaSender(IMediaConnection connection, Segments segments, ServerMetrics metrics, LiveGroups? groups = null)
{
    /// <summary>The send time that a mark tells holds for the frames behind it, so marks are never further apart than this.</summary>
    public static readonly TimeSpan MarkInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>As far the sound may run ahead of a picture that the link hardly carries.</summary>
    private static readonly TimeSpan SoundLead = TimeSpan.FromSeconds(1);

    /// <summary>A viewer at the live edge that is further behind goes on at the newest keyframe.</summary>
    public static readonly TimeSpan MostBehind = TimeSpan.FromSeconds(1);

    /// <summary>An encoder that is waited for is asked again after this time.</summary>
    public static readonly TimeSpan StarvedInterval = TimeSpan.FromMilliseconds(4);

    /// <summary>Sound waits for the next picture, to go out with it, but no longer than this.</summary>
    private static readonly TimeSpan LongestWaitForPicture = TimeSpan.FromMilliseconds(45);

    private const long RoundingTicks = 40 * TimeSpan.TicksPerMillisecond;

    private readonly byte[] _marks = new byte[2 * FrameWriter.MarkSize];
    private readonly uint[] _markCounts = new uint[2];
    private ReadOnlyMemory<byte> _rest;
    private Viewing? _viewing;
    private List<TrackFeed> _feeds = [];
    private TimeSpan _markedAt;
    private Timestamp _fullUntil;
    private bool _wasFilled;
    private LiveGroup? _group;
    private long _steps;
    private uint _selection;

    /// <summary>The connection had no room for all of it; it says when there is some.</summary>
    public bool IsBlocked { get; private set; }

    /// <summary>It goes on together with all who stand at the same place.</summary>
    public bool IsInGroup => _group is not null;

    /// <summary>Sends something else from now on, behind the frame that was begun.</summary>
    /// <param name="viewing">What to send. Null: nothing.</param>
    /// <param name="feeds">Its tracks on this connection, sound first, because it suffers most from coming late. They are this object's from now on.</param>
    public void Begin(Viewing? viewing, List<TrackFeed> feeds)
    {
        _group?.Leave();
        _group = null;
        _feeds.ForEach(f => f.Dispose());
        (_viewing, _feeds, _fullUntil, _wasFilled) = (viewing, feeds, Timestamp.Zero, false);
    }

    /// <summary>Whether the viewer has reported so much progress that there is something to send.</summary>
    public bool HasRoom(Timestamp now) => !IsBlocked && _viewing is { IsAtLiveEdge: false } viewing && viewing.Horizon(now) >= _fullUntil;

    /// <summary>Sends what may be sent and the connection has room for.</summary>
    /// <param name="now">The server's clock.</param>
    /// <returns>When there may be more, on the server's clock; <see cref="LoopMember.Never"/> if that is for the connection or the viewer to say.</returns>
    /// <exception cref="IOException">The viewer is gone.</exception>
    public TimeSpan Send(TimeSpan now)
    {
        if (_group is { } group && TrySendWith(group, now) is { } due)
        {
            return due;
        }

        IsBlocked = !TrySendRest();
        while (!IsBlocked && _viewing is { } viewing && _feeds.Count > 0)
        {
            var clock = Timestamp.FromTimeSpan(now);
            var horizon = viewing.Horizon(clock);
            if (horizon < _fullUntil)
            {
                break;
            }

            if (_wasFilled && !viewing.IsAtLiveEdge && MissingRoom(viewing, horizon) is var missing && missing > TimeSpan.Zero)
            {
                _fullUntil = horizon + missing;
                break;
            }

            segments.Clear();
            Gather(viewing, horizon, clock);
            if (segments.Count == 0)
            {
                if (!viewing.IsAtLiveEdge && !_feeds.Exists(f => f.IsStarved))
                {
                    (_wasFilled, _fullUntil) = (true, horizon + MissingRoom(viewing, horizon));
                }

                break;
            }

            var sent = connection.Write(segments);
            metrics.Sent(sent);
            IsBlocked = !Commit(sent, now);
            if (viewing.IsAtLiveEdge && !IsBlocked && NextTime(now) is var next && next > now)
            {
                TryJoinGroup(viewing, next, now);
                return next;
            }
        }

        return IsBlocked ? LoopMember.Never : NextTime(now);
    }

    /// <summary>A track of which no more can be sent, with the reason in words. It is let go.</summary>
    public string? TakeFault()
    {
        if (_group is not null)
        {
            return null;
        }

        foreach (var feed in _feeds)
        {
            if (feed.IsStarved && feed.Cursor.Track.Fault is { } fault)
            {
                _feeds.Remove(feed);
                feed.Dispose();
                return fault;
            }
        }

        return null;
    }

    /// <summary>Goes on alone; another rung is wanted.</summary>
    public void LeaveGroup()
    {
        if (_group is not { } group)
        {
            return;
        }

        _group = null;
        _markedAt = group.MarkedAt;
        if (group.BeginningOf(_steps) is var (sound, picture))
        {
            // Of the step that was worked out last a part may have gone out already, and what of it is wanted is not to be missed.
            var isLast = _steps == group.Steps - 1;
            _feeds[0].ResumeAt(sound, isLast ? group.GopOf(0) : null);
            _feeds[1].ResumeAt(picture, isLast ? group.GopOf(1) : null);
        }
        else
        {
            // So long ago that it is behind the live edge anyway.
            _feeds[0].ResumeAt(_feeds[0].Cursor.Place, gop: null);
            _feeds[1].ResumeAt(_feeds[1].Cursor.Place, gop: null);
        }

        group.Leave();
    }

    /// <summary>Nearly all who are at the live edge of a rung stand at the same place.</summary>
    private void TryJoinGroup(Viewing viewing, TimeSpan due, TimeSpan now)
    {
        if (groups is null || _feeds.Count != 2 || !viewing.IsLive || _feeds[0].IsDiscontinuous || _feeds[1].IsDiscontinuous || _feeds[1].IsPending || _feeds[0].IsStarved)
        {
            return;
        }

        var group = groups.Of(viewing.Channel, _feeds[1].Cursor.Track);
        if (group.TryJoin(_feeds[0], _feeds[1], _markedAt, due, now))
        {
            (_group, _steps, _selection) = (group, group.Steps, viewing.Selection);
            _feeds[0].Suspend();
            _feeds[1].Suspend();
        }
    }

    /// <summary>Sends the step that the group is at.</summary>
    /// <returns>When there is more. Null: the viewer is alone now, and what is to be sent is for it to find out.</returns>
    private TimeSpan? TrySendWith(LiveGroup group, TimeSpan now)
    {
        if (group.HasStep(_steps, now) is not { } hasStep)
        {
            LeaveGroup();
            return null;
        }

        if (!hasStep)
        {
            return group.Due;
        }

        var bytes = group.BytesFor(_selection, _markCounts);
        var sent = connection.Write(bytes);
        metrics.Sent(sent);
        if (sent == bytes.Length)
        {
            group.CountMarks(_markCounts);
            _steps++;
            return group.Due;
        }

        segments.Clear();
        group.Gather(segments, _selection, _marks, _markCounts);
        LeaveGroup();
        Commit(sent, now);
        IsBlocked = true;
        return LoopMember.Never;
    }

    private bool TrySendRest()
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

    private void Gather(Viewing viewing, Timestamp horizon, Timestamp now)
    {
        var isMarkDue = now.SinceZero - _markedAt >= MarkInterval;
        for (var i = 0; i < _feeds.Count; i++)
        {
            var feed = _feeds[i];
            if (feed.Peek() is not { } gop)
            {
                continue;
            }

            var (next, limit) = (feed.Cursor.NextDts, horizon);
            if (!viewing.IsAtLiveEdge)
            {
                limit = Timestamp.Min(horizon, LeadOf(i));
            }
            else if (horizon - next > MostBehind && TryCatchUp(viewing, feed, horizon))
            {
                i--;
                continue;
            }

            if (next <= limit)
            {
                // The send time that a mark tells holds for all frames behind it on the connection, whatever their track.
                isMarkDue &= !Gather(viewing, i, gop, limit, now, isMarkDue);
            }
        }
    }

    /// <summary>
    /// A viewer whose buffer is full waits until there is room for a batch or for the rest of the GOP, whichever is less: then one call brings it all, and from the next GOP on
    /// whole ones.
    /// </summary>
    /// <returns>How much more room it takes.</returns>
    private TimeSpan MissingRoom(Viewing viewing, Timestamp horizon)
    {
        foreach (var feed in _feeds)
        {
            // What is waited for, or has come since the other track was sent, goes out whatever the other one has.
            if (!feed.Cursor.TryPeek(out _) || horizon - feed.Cursor.NextDts >= viewing.Batch)
            {
                return TimeSpan.Zero;
            }
        }

        var cursor = _feeds[^1].Cursor;
        var restOfGop = cursor.TurnStart + viewing.Channel.Timeline.GopStart(cursor.Gop + 1).SinceZero - cursor.NextDts;
        var room = horizon - cursor.NextDts;
        return (restOfGop < viewing.Batch ? restOfGop : viewing.Batch) - room;
    }

    /// <summary>How far the sound may go where it shares the connection with a picture.</summary>
    private Timestamp LeadOf(int index) =>
        index == 0 && _feeds.Count == 2 && _feeds[1].Cursor.TryPeek(out _) ? _feeds[1].Cursor.NextDts + SoundLead : new Timestamp(long.MaxValue);

    /// <summary>Takes what lies ready of a track up to the limit.</summary>
    /// <returns>Whether a mark stands before it.</returns>
    private bool Gather(Viewing viewing, int index, Gop gop, Timestamp limit, Timestamp now, bool isMarkDue)
    {
        var (feed, cursor) = (_feeds[index], _feeds[index].Cursor);
        var isMarked = isMarkDue || feed.NeedsMark;
        if (isMarked)
        {
            var kind = cursor.Track.Rendition.Kind;
            var mark = new Mark { Selection = viewing.Selection, TurnStart = cursor.TurnStart, SendTime = now, LiveEdge = viewing.LiveEdge(now) };
            var bytes = _marks.AsMemory(index * FrameWriter.MarkSize, FrameWriter.MarkSize);
            FrameWriter.Mark(bytes.Span, mark, kind, cursor.Track.Rendition.Index, _markCounts[(int)kind], feed.IsDiscontinuous);
            segments.Add(bytes, TagOf(index, SegmentKind.Mark));
        }

        if (!feed.IsConfigured(gop))
        {
            segments.Add(gop.ConfigurationFrame, TagOf(index, SegmentKind.Configuration));
        }

        segments.Add(gop.Frames(cursor.Unit, cursor.EndOfRun(limit)), TagOf(index, SegmentKind.Units));
        return isMarked;
    }

    /// <summary>Leaves out what the link did not carry in time.</summary>
    /// <returns>False if nothing newer begins.</returns>
    private static bool TryCatchUp(Viewing viewing, TrackFeed feed, Timestamp liveEdge)
    {
        var cursor = feed.Cursor;
        var (turn, gop) = viewing.Channel.Timeline.Locate(liveEdge);
        if ((turn < cursor.Turn || (turn == cursor.Turn && gop <= cursor.Gop)) || cursor.Track.ReadyUnits(gop) == 0)
        {
            return false;
        }

        cursor.JumpTo(turn, gop);
        return true;
    }

    /// <summary>Moves on by what was sent.</summary>
    /// <returns>False if that was not all.</returns>
    private bool Commit(int sent, TimeSpan now)
    {
        for (var i = 0; i < segments.Count && sent > 0; i++)
        {
            var bytes = segments[i];
            var taken = Math.Min(sent, bytes.Length);
            sent -= taken;
            var frameEnd = Commit(_feeds[segments.TagOf(i) >> 2], (SegmentKind)(segments.TagOf(i) & 3), bytes, taken, now);
            if (taken < bytes.Length)
            {
                _rest = bytes[taken..frameEnd];
                return false;
            }

            if (i == segments.Count - 1)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Moves on behind the frames of which bytes were sent.</summary>
    /// <returns>Where the last of them ends.</returns>
    private int Commit(TrackFeed feed, SegmentKind part, ReadOnlyMemory<byte> bytes, int taken, TimeSpan now)
    {
        switch (part)
        {
            case SegmentKind.Mark:
                _markCounts[(int)feed.Cursor.Track.Rendition.Kind]++;
                _markedAt = now;
                feed.Marked();
                return bytes.Length;
            case SegmentKind.Configuration:
                feed.Configured(bytes);
                return bytes.Length;
            default:
                return feed.Cursor.Advance(taken);
        }
    }

    private TimeSpan NextTime(TimeSpan now)
    {
        if (_viewing is not { } viewing || _feeds.Count == 0)
        {
            return LoopMember.Never;
        }

        if (!viewing.IsAtLiveEdge)
        {
            return _feeds.Exists(f => f.IsStarved) ? now + StarvedInterval : Rounded(viewing.WhenHorizonAt(_fullUntil));
        }

        return NextTime(_feeds[^1].Cursor, viewing.Epoch, now);
    }

    /// <summary>When a viewer at the live edge is sent more: with the next picture, and sound that waits for it not too long after it was due.</summary>
    public static TimeSpan NextTime(TrackCursor cursor, Timestamp epoch, TimeSpan now)
    {
        if (!cursor.TryPeek(out _))
        {
            return now + StarvedInterval;
        }

        var due = (cursor.NextDts + epoch.SinceZero).SinceZero;
        return due - now <= LongestWaitForPicture ? due : now + LongestWaitForPicture;
    }

    /// <summary>Those who are in no hurry are served together, so that the loop wakes up less often.</summary>
    private static TimeSpan Rounded(TimeSpan due) =>
        due == LoopMember.Never ? due : TimeSpan.FromTicks((due.Ticks + RoundingTicks - 1) / RoundingTicks * RoundingTicks);

    /// <summary>What the parts of a step are known by.</summary>
    /// <param name="feed">0: the first track; 1: the second.</param>
    /// <param name="part">What it is.</param>
    public static int TagOf(int feed, SegmentKind part) => (feed << 2) | (int)part;
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
}

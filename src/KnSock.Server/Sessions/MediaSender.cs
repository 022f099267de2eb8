using KnSock.Media;
using KnSock.Server.Diagnostics;
using KnSock.Server.Loops;

namespace KnSock.Server.Sessions;

/// <summary>
/// Sends the tracks of a viewing over one connection. It holds nothing but places: each step takes what may be sent now, up to a GOP of each track.
/// </summary>
internal sealed class MediaSender
{
    /// <summary>A group at the live edge that is further behind breaks up, and each of its viewers finds out by itself what is of use to it.</summary>
    public static readonly TimeSpan MostBehind = TimeSpan.FromSeconds(1);

    /// <summary>An encoder that is waited for is asked again after this time.</summary>
    public static readonly TimeSpan StarvedInterval = TimeSpan.FromMilliseconds(4);

    /// <summary>As far the sound may run ahead of a picture that the link hardly carries.</summary>
    private static readonly TimeSpan SoundLead = TimeSpan.FromSeconds(1);

    /// <summary>Sound waits for the next picture, to go out with it, but no longer than this.</summary>
    private static readonly TimeSpan LongestWaitForPicture = TimeSpan.FromMilliseconds(45);

    private readonly StepWriter _step;
    private readonly BatchPace _pace = new();
    private readonly GroupMembership _membership;
    private Viewing? _viewing;
    private List<TrackFeed> _feeds = [];

    /// <summary>Creates a sender that has nothing to send yet.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="segments">What is about to be sent.</param>
    /// <param name="metrics">Counts what is sent.</param>
    /// <param name="groups">The groups of viewers who go on together. Null: this one goes on by itself.</param>
    /// <param name="callAt">Has <see cref="Send"/> called at a time, on the server's clock, or before. Null: there are no groups.</param>
    public MediaSender(IMediaConnection connection, Segments segments, ServerMetrics metrics, LiveGroups? groups = null, Action<TimeSpan>? callAt = null)
    {
        _step = new StepWriter(connection, segments, metrics);
        _membership = new GroupMembership(groups, connection, _step, callAt);
    }

    /// <summary>The connection had no room for all of it; it says when there is some.</summary>
    public bool IsBlocked { get; private set; }

    /// <summary>The viewer has seconds in its buffer and needs nothing that is to be waited for: it is all the same to it whether more comes a little later.</summary>
    public bool IsPatient => _viewing is { IsAtLiveEdge: false } && _pace.WasFilled && !IsBlocked && !IsStarved;

    /// <summary>It goes on together with all who stand at the same place.</summary>
    public bool IsInGroup => _membership.Group is not null;

    /// <summary>Sends something else from now on, behind the frame that was begun.</summary>
    /// <param name="viewing">What to send. Null: nothing.</param>
    /// <param name="feeds">Its tracks on this connection, sound first, because it suffers most from coming late. They are this object's from now on.</param>
    public void Begin(Viewing? viewing, List<TrackFeed> feeds)
    {
        _membership.Drop();
        _feeds.ForEach(f => f.Dispose());
        (_viewing, _feeds) = (viewing, feeds);
        _pace.Reset();
    }

    /// <summary>Whether the viewer has reported so much progress that there is something to send.</summary>
    public bool HasRoom(Timestamp now) => !IsBlocked && _viewing is { IsAtLiveEdge: false } viewing && !_pace.IsFull(viewing.Horizon(now));

    /// <summary>Sends what may be sent and the connection has room for.</summary>
    /// <param name="now">The server's clock.</param>
    /// <returns>When there may be more, on the server's clock; <see cref="LoopMember.Never"/> if that is for the connection or the viewer to say.</returns>
    /// <exception cref="IOException">The viewer is gone.</exception>
    public TimeSpan Send(TimeSpan now)
    {
        if (_membership.Group is { } group)
        {
            group.Run(now);
            if (IsInGroup)
            {
                return _membership.Due;
            }
        }

        IsBlocked = !_step.TryWriteRest();
        while (!IsBlocked && _viewing is { } viewing && _feeds.Count > 0)
        {
            var clock = Timestamp.FromTimeSpan(now);
            var horizon = viewing.Horizon(clock);
            if (!viewing.IsAtLiveEdge && _pace.HasToWait(viewing, _feeds, horizon))
            {
                break;
            }

            _step.Begin();
            Gather(viewing, horizon, clock);
            if (_step.IsEmpty)
            {
                if (!viewing.IsAtLiveEdge && !IsStarved)
                {
                    _pace.Filled(viewing, _feeds, horizon);
                }

                break;
            }

            if (viewing.IsAtLiveEdge)
            {
                _step.AddPadding(PaddingFrames.Of(_feeds[^1].PaddingDue(now)));
            }

            IsBlocked = !_step.TryWrite(_feeds, now);
            if (_feeds[^1].Cursor is { Track.Rendition.Kind: TrackKind.Video } picture)
            {
                viewing.OnSent(picture.Position);
            }

            if (viewing.IsAtLiveEdge && !IsBlocked && NextTime(now) is var next && next > now)
            {
                // Nearly all who are at the live edge of a rung stand at the same place.
                _membership.TryJoin(viewing, _feeds, next, now);
                return IsInGroup ? _membership.Due : next;
            }
        }

        return IsBlocked ? LoopMember.Never : NextTime(now);
    }

    /// <summary>A track of which no more can be sent, with the reason in words. It is let go.</summary>
    public string? TakeFault()
    {
        if (IsInGroup)
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
    public void LeaveGroup() => _membership.Leave();

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

    private bool IsStarved => _feeds.Exists(static f => f.IsStarved);

    private void Gather(Viewing viewing, Timestamp horizon, Timestamp now)
    {
        var isMarkDue = now.SinceZero - _step.MarkedAt >= StepWriter.MarkInterval;
        for (var i = 0; i < _feeds.Count; i++)
        {
            var feed = _feeds[i];
            if (feed.Peek(now.SinceZero) is not { } gop)
            {
                continue;
            }

            var (next, limit) = (feed.Cursor.NextDts, horizon);
            if (!viewing.IsAtLiveEdge)
            {
                limit = Timestamp.Min(horizon, LeadOf(i));
            }
            else if (horizon - next > viewing.MostBehind && TryCatchUp(viewing, feed, horizon))
            {
                i--;
                continue;
            }

            if (next <= limit)
            {
                // The send time that a mark tells holds for all frames behind it on the connection, whatever their track.
                isMarkDue &= !_step.Add(viewing, feed, i, gop, limit, now, isMarkDue);
            }
        }
    }

    /// <summary>How far the sound may go where it shares the connection with a picture.</summary>
    private Timestamp LeadOf(int index) =>
        index == 0 && _feeds.Count == 2 && _feeds[1].Cursor.TryPeek(out _) ? _feeds[1].Cursor.NextDts + SoundLead : new Timestamp(long.MaxValue);

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

    private TimeSpan NextTime(TimeSpan now)
    {
        if (_viewing is not { } viewing || _feeds.Count == 0)
        {
            return LoopMember.Never;
        }

        if (!viewing.IsAtLiveEdge)
        {
            return IsStarved ? now + StarvedInterval : _pace.NextTime(viewing);
        }

        return NextTime(_feeds[^1].Cursor, viewing.Epoch, now);
    }
}

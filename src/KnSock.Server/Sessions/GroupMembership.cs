using KnSock.Server.Channels;
using KnSock.Server.Loops;

namespace KnSock.Server.Sessions;

/// <summary>A viewer's place in a <see cref="LiveGroup"/>, while it has one.</summary>
/// <param name="groups">The groups there are. Null: the viewer always goes on by itself.</param>
/// <param name="connection">Where its group sends to.</param>
/// <param name="step">Keeps account of what was sent to it while it goes on by itself.</param>
/// <param name="callAt">Has the viewer's sender called at a time, on the server's clock, or before.</param>
internal sealed class GroupMembership(LiveGroups? groups, IMediaConnection connection, StepWriter step, Action<TimeSpan>? callAt)
{
    private List<TrackFeed> _feeds = [];

    /// <summary>The group. Null: the viewer goes on by itself.</summary>
    public LiveGroup? Group { get; private set; }

    /// <summary>Its number among the members of the group, which keeps it.</summary>
    public int Seat { get; set; }

    /// <summary>The viewer's selection.</summary>
    public uint Selection { get; private set; }

    /// <summary>Marks sent to the viewer so far.</summary>
    public MarkCounts Marks => step.Marks;

    /// <summary>Where the group sends to.</summary>
    public IMediaConnection Connection => connection;

    /// <summary>When the viewer's sender has to be called for its group; the others of a group wait for the first.</summary>
    public TimeSpan Due => Seat == 0 ? Group!.Due : LoopMember.Never;

    /// <summary>Goes on together with those who stand at the same place, if there are any or others may come.</summary>
    /// <param name="viewing">What the viewer has selected.</param>
    /// <param name="feeds">Its tracks on the connection.</param>
    /// <param name="due">When it has to be sent more.</param>
    /// <param name="now">The server's clock.</param>
    public void TryJoin(Viewing viewing, List<TrackFeed> feeds, TimeSpan due, TimeSpan now)
    {
        if (groups is null || feeds.Count != 2 || !viewing.IsLive || feeds[0].IsDiscontinuous || feeds[1].IsDiscontinuous || feeds[0].IsPending || feeds[1].IsPending || feeds[0].IsStarved)
        {
            return;
        }

        var group = groups.Of(viewing.Channel, feeds[0].Cursor.Track, feeds[1].Cursor.Track);
        Selection = viewing.Selection;
        if (group.TryJoin(this, feeds[0], feeds[1], step.MarkedAt, due, now))
        {
            (Group, _feeds) = (group, feeds);
            feeds[0].Suspend();
            feeds[1].Suspend();
        }
    }

    /// <summary>Leaves, and has the tracks go on from where the viewer stands.</summary>
    public void Leave()
    {
        if (Group is { } group)
        {
            ResumeAt(group.Place, sound: null, picture: null);
            Drop();
            CallAt(group.Due);
        }
    }

    /// <summary>Leaves; the tracks are not needed any more.</summary>
    public void Drop()
    {
        if (Group is { } group)
        {
            Group = null;
            (step.MarkedAt, step.Marks) = (group.MarkedAt, group.Leave(this));
        }
    }

    /// <summary>The group has the viewer called; it is the first of them now.</summary>
    public void CallAt(TimeSpan due) => callAt?.Invoke(due);

    /// <summary>The group goes no further with the viewer, who is to find out for itself what is to be done.</summary>
    /// <param name="place">Where the viewer stands.</param>
    /// <param name="now">The server's clock.</param>
    public void OnDismissed((Place Sound, Place Picture) place, TimeSpan now)
    {
        ResumeAt(place, sound: null, picture: null);
        Drop();
        CallAt(now);
    }

    /// <summary>The viewer could not take the group's step whole.</summary>
    /// <param name="beginning">Where the step began.</param>
    /// <param name="sent">How much of it was taken, bytes.</param>
    /// <param name="now">The server's clock.</param>
    public void OnShort((Place Sound, Place Picture) beginning, int sent, TimeSpan now)
    {
        var group = Group!;
        // A part of it may have gone out already, and what of it is wanted is not to be missed.
        ResumeAt(beginning, group.Step.GopOf(0), group.Step.GopOf(1));
        Drop();
        step.MarkedAt = group.MarkedBefore;
        step.Begin(group.Step, Selection);
        step.Commit(_feeds, sent, now);
        CallAt(now);
    }

    private void ResumeAt((Place Sound, Place Picture) place, Gop? sound, Gop? picture)
    {
        _feeds[0].ResumeAt(place.Sound, sound);
        _feeds[1].ResumeAt(place.Picture, picture);
    }
}

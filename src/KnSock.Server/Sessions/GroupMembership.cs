namespace KnSock.Server.Sessions;

/// <summary>A viewer's place in a <see cref="LiveGroup"/>, while it has one.</summary>
internal sealed class GroupMembership(LiveGroups? groups)
{
    private LiveGroup? _group;
    private long _steps;

    /// <summary>The group. Null: the viewer goes on by itself.</summary>
    public LiveGroup? Group => _group;

    /// <summary>Goes on together with those who stand at the same place, if there are any or others may come.</summary>
    /// <param name="viewing">What the viewer has selected.</param>
    /// <param name="feeds">Its tracks on the connection.</param>
    /// <param name="markedAt">When it was sent a mark.</param>
    /// <param name="due">When it has to be sent more.</param>
    /// <param name="now">The server's clock.</param>
    public void TryJoin(Viewing viewing, List<TrackFeed> feeds, TimeSpan markedAt, TimeSpan due, TimeSpan now)
    {
        if (groups is null || feeds.Count != 2 || !viewing.IsLive || feeds[0].IsDiscontinuous || feeds[1].IsDiscontinuous || feeds[1].IsPending || feeds[0].IsStarved)
        {
            return;
        }

        var group = groups.Of(viewing.Channel, feeds[1].Cursor.Track);
        if (group.TryJoin(feeds[0], feeds[1], markedAt, due, now))
        {
            (_group, _steps) = (group, group.Steps);
            feeds[0].Suspend();
            feeds[1].Suspend();
        }
    }

    /// <summary>Whether the group has a step that the viewer has not taken. Null: it has gone elsewhere, and the viewer is to leave.</summary>
    public bool? HasStep(TimeSpan now) => _group!.HasStep(_steps, now);

    /// <summary>The viewer has taken the step.</summary>
    public void Took() => _steps++;

    /// <summary>Leaves, and has the tracks go on from where the viewer stands.</summary>
    public void Leave(List<TrackFeed> feeds)
    {
        var group = _group!;
        _group = null;
        if (group.BeginningOf(_steps) is var (sound, picture))
        {
            // Of the step that was worked out last a part may have gone out already, and what of it is wanted is not to be missed.
            var isLast = _steps == group.Steps - 1;
            feeds[0].ResumeAt(sound, isLast ? group.GopOf(0) : null);
            feeds[1].ResumeAt(picture, isLast ? group.GopOf(1) : null);
        }
        else
        {
            // So long ago that it is behind the live edge anyway.
            feeds[0].ResumeAt(feeds[0].Cursor.Place, gop: null);
            feeds[1].ResumeAt(feeds[1].Cursor.Place, gop: null);
        }

        group.Leave();
    }

    /// <summary>Leaves; the tracks are not needed any more.</summary>
    public void Drop()
    {
        _group?.Leave();
        _group = null;
    }
}

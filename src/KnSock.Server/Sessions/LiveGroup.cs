using KnSock.Media;
using KnSock.Server.Channels;
using KnSock.Server.Diagnostics;

namespace KnSock.Server.Sessions;

/// <summary>
/// Viewers of one loop who are at the live edge of the same rung and stand at the same place, as nearly all do: what goes out to them is worked out once for a step, and
/// sent to one after the other without a look at anything else of theirs. Who cannot take a step whole leaves, and goes on from there by itself.
/// </summary>
/// <remarks>Whichever member is called when a step is due has all of them served; the first one is called at that time.</remarks>
internal sealed class LiveGroup(Channel channel, RenditionTrack track, ServerMetrics metrics) : IDisposable
{
    private readonly LiveStep _step = new(track.Rendition.Index);
    private Seat[] _seats = new Seat[16];
    private TrackCursor? _sound;
    private TrackCursor? _picture;

    /// <summary>How many there are.</summary>
    public int Members { get; private set; }

    /// <summary>When the next step is due, on the server's clock.</summary>
    public TimeSpan Due { get; private set; }

    /// <summary>When the last mark was sent.</summary>
    public TimeSpan MarkedAt { get; private set; }

    /// <summary>The same before the step that was worked out last.</summary>
    public TimeSpan MarkedBefore { get; private set; }

    /// <summary>The step that was worked out last.</summary>
    public LiveStep Step => _step;

    /// <summary>Where all stand.</summary>
    public (Place Sound, Place Picture) Place => (_sound!.Place, _picture!.Place);

    /// <summary>Takes one in who stands where all stand. The first one says where that is.</summary>
    /// <param name="member">The viewer.</param>
    /// <param name="sound">Where its sound stands.</param>
    /// <param name="picture">Where its picture stands.</param>
    /// <param name="markedAt">When it was sent a mark.</param>
    /// <param name="due">When it has to be sent more.</param>
    /// <param name="now">The server's clock.</param>
    /// <returns>False if it stands elsewhere.</returns>
    public bool TryJoin(GroupMembership member, TrackFeed sound, TrackFeed picture, TimeSpan markedAt, TimeSpan due, TimeSpan now)
    {
        // Whoever has taken the step that is due finds all at the same place.
        Run(now);
        if (Members == 0)
        {
            _sound = new TrackCursor(channel.Timeline, sound.Cursor.Track, sound.Cursor.Place);
            _picture = new TrackCursor(channel.Timeline, track, picture.Cursor.Place);
            (MarkedAt, Due) = (markedAt, due);
            _step.Reset(sound.Configuration, picture.Configuration);
        }
        else if (Place != (sound.Cursor.Place, picture.Cursor.Place) || !_step.PictureConfiguration.Span.SequenceEqual(picture.Configuration.Span))
        {
            return false;
        }

        if (Members == _seats.Length)
        {
            Array.Resize(ref _seats, 2 * Members);
        }

        _seats[Members] = new Seat { Member = member, Connection = member.Connection, Selection = member.Selection, Marks = member.Marks };
        member.Seat = Members++;
        return true;
    }

    /// <summary>Lets one go.</summary>
    /// <returns>Marks sent to it so far.</returns>
    public MarkCounts Leave(GroupMembership member)
    {
        var marks = _seats[member.Seat].Marks;
        var last = --Members;
        if (member.Seat < last)
        {
            _seats[member.Seat] = _seats[last];
            _seats[member.Seat].Member.Seat = member.Seat;
        }

        _seats[last] = default;
        if (Members == 0)
        {
            Dispose();
        }
        else if (member.Seat == 0)
        {
            _seats[0].Member.CallAt(Due);
        }

        return marks;
    }

    /// <summary>Sends all members the step that is due, if one is.</summary>
    public void Run(TimeSpan now)
    {
        if (Members == 0 || now < Due)
        {
            return;
        }

        var beginning = Place;
        if (TryTakeStep(beginning, now))
        {
            SendStep(beginning, now);
        }
    }

    /// <summary>Nothing is read for it any more; it has no members.</summary>
    public void Dispose()
    {
        _sound?.Dispose();
        _picture?.Dispose();
        (_sound, _picture) = (null, null);
    }

    private bool TryTakeStep((Place Sound, Place Picture) beginning, TimeSpan now)
    {
        var (sound, picture) = (_sound!, _picture!);
        var liveEdge = channel.LivePosition(Timestamp.FromTimeSpan(now));
        var isThere = picture.TryPeek(out _);
        sound.TryPeek(out _);
        if (sound.HasSkipped || picture.HasSkipped || (isThere && liveEdge - picture.NextDts > MediaSender.MostBehind))
        {
            // What has to be said of that is said to each by itself.
            while (Members > 0)
            {
                _seats[Members - 1].Member.OnDismissed(beginning, now);
            }

            return false;
        }

        if (!isThere)
        {
            Due = now + MediaSender.StarvedInterval;
            return false;
        }

        _step.Take(sound, picture, liveEdge, Timestamp.FromTimeSpan(now), now - MarkedAt >= StepWriter.MarkInterval);
        Due = MediaSender.NextTime(picture, channel.Epoch, now);
        (MarkedBefore, MarkedAt) = (MarkedAt, _step.IsMarked ? now : MarkedAt);
        return !_step.IsEmpty;
    }

    private void SendStep((Place Sound, Place Picture) beginning, TimeSpan now)
    {
        var isMarked = _step.IsMarked;
        var bytes = _step.BytesFor(_seats[0].Selection, _seats[0].Marks);
        var total = 0L;
        // From the last to the first, for who leaves gives its seat to the last.
        for (var i = Members - 1; i >= 0; i--)
        {
            ref var seat = ref _seats[i];
            if (isMarked)
            {
                bytes = _step.BytesFor(seat.Selection, seat.Marks);
            }

            if (Write(seat.Connection, bytes) is not { } sent)
            {
                seat.Member.OnDismissed(beginning, now);
                continue;
            }

            total += sent;
            if (sent < bytes.Length)
            {
                seat.Member.OnShort(beginning, sent, now);
            }
            else if (isMarked)
            {
                seat.Marks = _step.Counted(seat.Marks);
            }
        }

        metrics.Sent(total);
    }

    /// <summary>Null: the viewer is gone, which it will find itself; the others are not to suffer from it.</summary>
    private static int? Write(IMediaConnection connection, ReadOnlySpan<byte> bytes)
    {
        try
        {
            return connection.Write(bytes);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>What a step needs of a member, side by side with the others'.</summary>
    private struct Seat
    {
        public IMediaConnection Connection;
        public GroupMembership Member;
        public uint Selection;
        public MarkCounts Marks;
    }
}

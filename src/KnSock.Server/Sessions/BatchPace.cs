using KnSock.Media;
using KnSock.Server.Loops;

namespace KnSock.Server.Sessions;

/// <summary>
/// When a viewer with read-ahead is sent more. One whose buffer is full waits until there is room for a batch or for the rest of the GOP, whichever is less: then one call
/// brings it all, and from the next GOP on whole ones.
/// </summary>
internal sealed class BatchPace
{
    /// <summary>Those who are sent a batch of the same length are served at the same moments, so many in each.</summary>
    private const int MomentsPerBatch = 2;

    private static readonly TimeSpan LeastRounding = TimeSpan.FromMilliseconds(40);

    private Timestamp _fullUntil;
    private bool _wasFilled;

    /// <summary>The buffer was full at some time.</summary>
    public bool WasFilled => _wasFilled;

    /// <summary>Begins anew, with an empty buffer.</summary>
    public void Reset() => (_fullUntil, _wasFilled) = (Timestamp.Zero, false);

    /// <summary>There is no room until the horizon is further on.</summary>
    public bool IsFull(Timestamp horizon) => horizon < _fullUntil;

    /// <summary>Whether there is room for too little yet.</summary>
    public bool HasToWait(Viewing viewing, List<TrackFeed> feeds, Timestamp horizon)
    {
        if (IsFull(horizon))
        {
            return true;
        }

        if (_wasFilled && MissingRoom(viewing, feeds, horizon) is var missing && missing > TimeSpan.Zero)
        {
            _fullUntil = horizon + missing;
            return true;
        }

        return false;
    }

    /// <summary>All was sent that there is room for.</summary>
    public void Filled(Viewing viewing, List<TrackFeed> feeds, Timestamp horizon) => (_wasFilled, _fullUntil) = (true, horizon + MissingRoom(viewing, feeds, horizon));

    /// <summary>
    /// The server's clock when there will be room if playout goes on. Those who are in no hurry are served together, so that the loop wakes up less often and what they are
    /// all sent is still in the processor's cache.
    /// </summary>
    public TimeSpan NextTime(Viewing viewing)
    {
        var due = viewing.WhenHorizonAt(_fullUntil);
        var rounding = Math.Max(LeastRounding.Ticks, viewing.Batch.Ticks / MomentsPerBatch);
        return due == LoopMember.Never ? due : TimeSpan.FromTicks((due.Ticks + rounding - 1) / rounding * rounding);
    }

    /// <summary>How much more room it takes until something is sent.</summary>
    private static TimeSpan MissingRoom(Viewing viewing, List<TrackFeed> feeds, Timestamp horizon)
    {
        foreach (var feed in feeds)
        {
            // What is waited for, or has come since the other track was sent, goes out whatever the other one has.
            if (!feed.Cursor.TryPeek(out _) || horizon - feed.Cursor.NextDts >= viewing.Batch)
            {
                return TimeSpan.Zero;
            }
        }

        var cursor = feeds[^1].Cursor;
        var restOfGop = cursor.TurnStart + viewing.Channel.Timeline.GopStart(cursor.Gop + 1).SinceZero - cursor.NextDts;
        var room = horizon - cursor.NextDts;
        return (restOfGop < viewing.Batch ? restOfGop : viewing.Batch) - room;
    }
}

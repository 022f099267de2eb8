using KnSock.Media;

namespace KnSock.Server.Sessions;

/// <summary>
/// Has the sender wait at the first GOPs while nothing is known of the link. A fast one would take the whole buffer, all of it in the first rung, before there is anything to choose
/// a better rung by.
/// </summary>
/// <param name="viewing">What is sent.</param>
/// <param name="viewer">Whom it is sent to.</param>
internal sealed class OpeningHold(Viewing viewing, ISteered viewer)
{
    /// <summary>Playout can begin with this much, also where a client waits for a second because nothing more comes for the moment, and has not used it up when it does.</summary>
    private static readonly TimeSpan LeastLead = TimeSpan.FromSeconds(1.5);

    /// <summary>A link that has delivered all by then, and showed nothing by it, is given another GOP.</summary>
    private static readonly TimeSpan LookAfter = TimeSpan.FromMilliseconds(100);

    /// <summary>A way so long that nothing has come back by then is not waited for.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(500);

    private Place? _at;
    private TimeSpan _from;
    private bool _isOver;

    /// <summary>Whether to wait. While it may be, the link is looked at.</summary>
    /// <param name="cursor">Where the picture stands.</param>
    /// <param name="now">The server's clock.</param>
    public bool Holds(TrackCursor cursor, TimeSpan now)
    {
        // Once it is known, there is a buffer to see the viewer through; what it carries is forgotten when little is sent.
        _isOver |= viewing.IsAtLiveEdge || viewer.Link.Estimate.BitsPerSecond is not null;
        if (_isOver || !cursor.IsAtGopStart || cursor.Position - Timestamp.Max(viewing.First, viewing.Playout(Timestamp.FromTimeSpan(now))) < LeastLead)
        {
            return false;
        }

        if (_at != cursor.Place)
        {
            (_at, _from) = (cursor.Place, now);
        }

        viewer.LookAtLink(now);
        return viewer.Link.Estimate.BitsPerSecond is null && now - _from < (viewer.Link.UnderWay > 0 ? Longest : LookAfter);
    }
}

using KnSock.Server.Adaptation;

namespace KnSock.Server.Sessions;

/// <summary>
/// Has the sender wait at the first GOPs while nothing is known of the link. A fast one would take the whole buffer, all of it in the first rung, before there is anything to choose
/// a better rung by.
/// </summary>
internal sealed class OpeningHold
{
    /// <summary>Playout can begin with this much, and has not used it up when more comes.</summary>
    private static readonly TimeSpan LeastLead = TimeSpan.FromSeconds(1);

    /// <summary>A link that has delivered all by then, and showed nothing by it, is given another GOP.</summary>
    private static readonly TimeSpan LookAfter = TimeSpan.FromMilliseconds(100);

    /// <summary>A way so long that nothing has come back by then is not waited for.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(500);

    private Place? _at;
    private TimeSpan _from;

    /// <summary>Whether to wait.</summary>
    /// <param name="next">The GOP that is sent next.</param>
    /// <param name="lead">How much was sent ahead of where playout begins, or is.</param>
    /// <param name="link">The link, looked at just now.</param>
    /// <param name="now">The server's clock.</param>
    public bool Holds(Place next, TimeSpan lead, LinkEstimator link, TimeSpan now)
    {
        if (link.Estimate.BitsPerSecond is not null || lead < LeastLead)
        {
            return false;
        }

        if (_at != next)
        {
            (_at, _from) = (next, now);
        }

        return now - _from < (link.UnderWay > 0 ? Longest : LookAfter);
    }
}

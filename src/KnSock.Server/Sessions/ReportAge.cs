using KnSock.Media;

namespace KnSock.Server.Sessions;

/// <summary>
/// How old a viewer's reports are when they come. At the live edge all is delivered as soon as it is sent; so what a viewer does not know of yet, it did not know of when it spoke.
/// </summary>
internal sealed class ReportAge
{
    /// <summary>So much is missing of any report: half a round trip, and sound that waits for its picture.</summary>
    private static readonly TimeSpan Usual = TimeSpan.FromSeconds(0.5);

    /// <summary>What is missing from all reports of this time is for the age of them, and not for a link that was held up.</summary>
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(2);

    private Timestamp? _since;
    private TimeSpan _least;

    /// <summary>Takes in a report.</summary>
    /// <param name="missing">Media that was delivered and that it does not know of.</param>
    /// <param name="now">The server's clock.</param>
    /// <returns>How old it is; zero unless it is known to be old.</returns>
    public TimeSpan Of(TimeSpan missing, Timestamp now)
    {
        if (missing <= Usual)
        {
            _since = null;
            return TimeSpan.Zero;
        }

        _least = _since is null || missing < _least ? missing : _least;
        _since ??= now;
        return now - _since.Value >= Window ? _least : TimeSpan.Zero;
    }
}

using KnSock.Media;

namespace KnSock.Server.Sessions;

/// <summary>Which rung a viewer plays: what is sent is played up to its read-ahead later.</summary>
internal sealed class PlayedRung
{
    /// <summary>Of a viewer that does not say where it is, no more changes are kept.</summary>
    private const int Most = 64;

    private readonly List<(Timestamp From, int Rung)> _begun = [];

    /// <summary>From a position on another rung was sent.</summary>
    public void Begin(Timestamp from, int rung)
    {
        // Of a GOP that was begun again only the second beginning is played.
        while (_begun.Count > 0 && _begun[^1].From >= from)
        {
            _begun.RemoveAt(_begun.Count - 1);
        }

        if (_begun.Count == Most)
        {
            _begun.RemoveAt(0);
        }

        _begun.Add((from, rung));
    }

    /// <summary>The rung at a position; positions rise. Null: it is not known.</summary>
    public int? At(Timestamp position)
    {
        while (_begun.Count > 1 && _begun[1].From <= position)
        {
            _begun.RemoveAt(0);
        }

        return _begun is [var first, ..] && first.From <= position ? first.Rung : null;
    }
}

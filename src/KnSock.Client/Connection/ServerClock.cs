using KnSock.Media;

namespace KnSock.Client.Connection;

/// <summary>Knows the server's clock from pings: the one with the shortest way there and back tells it best.</summary>
internal sealed class ServerClock
{
    /// <summary>Pings remembered; clocks drift, so an old one must be forgotten some time.</summary>
    private const int Remembered = 32;

    private readonly Queue<(TimeSpan RoundTrip, long Offset)> _pings = new();

    /// <summary>Takes in the answer to a ping.</summary>
    /// <param name="sentAt">When the ping was sent, on our clock.</param>
    /// <param name="receivedAt">When the answer came.</param>
    /// <param name="serverTime">The server's clock in the answer.</param>
    public void Observe(TimeSpan sentAt, TimeSpan receivedAt, Timestamp serverTime)
    {
        // The server gives the number back as it likes: one that we cannot have sent is no answer.
        if (sentAt < TimeSpan.Zero || sentAt > receivedAt)
        {
            return;
        }

        var roundTrip = receivedAt - sentAt;

        if (_pings.Count == Remembered)
        {
            _pings.Dequeue();
        }

        var middle = Timestamp.FromTimeSpan(sentAt + (roundTrip / 2));
        _pings.Enqueue((roundTrip, serverTime.Microseconds - middle.Microseconds));
    }

    /// <summary>The server's clock at an instant of ours. Null before the first answer.</summary>
    public Timestamp? At(TimeSpan now) =>
        _pings.Count > 0 ? new Timestamp(Timestamp.FromTimeSpan(now).Microseconds + _pings.MinBy(p => p.RoundTrip).Offset) : null;

    /// <summary>Forgets everything: another server may answer.</summary>
    public void Reset() => _pings.Clear();
}

using KnSock.Media;
using KnSock.Server.Adaptation;

namespace KnSock.Server.Sessions;

/// <summary>How fast a viewer's buffer is filled where the server's uplink has a limit: as fast as all can who fill theirs, but for a moment's worth.</summary>
/// <param name="uplink">The uplink.</param>
/// <param name="demand">The viewer's part of it.</param>
/// <param name="start">Where playout begins.</param>
/// <param name="burst">The most that is sent at once; more than what a viewer whose buffer is full waits for.</param>
/// <param name="now">The server's clock.</param>
internal sealed class FillPace(Uplink uplink, UplinkDemand demand, Timestamp start, TimeSpan burst, Timestamp now)
{
    private Timestamp _horizon = start + burst;
    private Timestamp _sent = start;

    /// <summary>When the horizon was looked at last, on the server's clock.</summary>
    public Timestamp At { get; private set; } = now;

    /// <summary>The furthest that may be sent by now.</summary>
    /// <param name="playout">Where playout is.</param>
    /// <param name="full">The furthest that may be sent with a full buffer.</param>
    /// <param name="now">The server's clock.</param>
    public Timestamp Horizon(Timestamp playout, Timestamp full, Timestamp now)
    {
        if (now > At)
        {
            _horizon = Timestamp.Min(_horizon + ((now - At) * uplink.Speed), Timestamp.Max(_sent, playout) + burst);
            At = now;
        }

        demand.IsFilling = _horizon < full;
        return Timestamp.Min(_horizon, full);
    }

    /// <summary>The server's clock when the horizon is at a position.</summary>
    public TimeSpan WhenAt(Timestamp position) => (At + ((position - _horizon) / uplink.Speed)).SinceZero;

    /// <summary>The picture was sent up to here.</summary>
    public void OnSent(Timestamp position) => _sent = Timestamp.Max(_sent, position);
}

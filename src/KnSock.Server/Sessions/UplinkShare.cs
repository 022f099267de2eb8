using KnSock.Server.Adaptation;

namespace KnSock.Server.Sessions;

/// <summary>Keeps one viewing to its part of the server's uplink. Used on its session's loop only.</summary>
internal sealed class UplinkShare : IDisposable
{
    private readonly Uplink _uplink;
    private readonly RungLimits _limits;
    private readonly UplinkDemand _demand;

    /// <summary>Begins with what it may have at first.</summary>
    /// <param name="uplink">The whole.</param>
    /// <param name="viewing">What is sent.</param>
    /// <param name="limits">What caps the viewer's rung.</param>
    /// <param name="rates">Rate of each rung on the wire, bit/s.</param>
    /// <param name="utilities">What a second of each is worth.</param>
    public UplinkShare(Uplink uplink, Viewing viewing, RungLimits limits, IReadOnlyList<double> rates, IReadOnlyList<double> utilities)
    {
        (_uplink, _limits, _demand) = (uplink, limits, uplink.Begin(rates, utilities));
        viewing.FillBy(uplink, _demand);
        Follow(rung: 0);
    }

    /// <summary>Says what the viewer makes of its part, and caps its rung by what that is now.</summary>
    /// <param name="rung">The rung chosen.</param>
    public void Follow(int rung)
    {
        (_demand.Rung, _demand.Limit) = (rung, _limits.HighestBut(RungCap.Uplink));
        _limits.Set(RungCap.Uplink, _demand.Highest, _uplink.Reason);
    }

    /// <summary>Nothing is watched any more.</summary>
    public void Dispose() => _uplink.End(_demand);
}

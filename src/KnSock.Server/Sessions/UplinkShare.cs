using KnSock.Server.Adaptation;

namespace KnSock.Server.Sessions;

/// <summary>Keeps one viewing to its part of the server's uplink. Used on its session's loop only.</summary>
internal sealed class UplinkShare : IDisposable
{
    private readonly Uplink _uplink;
    private readonly RungLimits _limits;

    /// <summary>Begins with what it may have at first; how fast its buffer may be filled is for <see cref="Viewing.FillBy"/>.</summary>
    /// <param name="uplink">The whole.</param>
    /// <param name="limits">What caps the viewer's rung.</param>
    /// <param name="rates">Rate of each rung on the wire, bit/s.</param>
    /// <param name="utilities">What a second of each is worth.</param>
    public UplinkShare(Uplink uplink, RungLimits limits, IReadOnlyList<double> rates, IReadOnlyList<double> utilities)
    {
        (_uplink, _limits, Demand) = (uplink, limits, uplink.Begin(rates, utilities));
        Follow(rung: 0);
    }

    /// <summary>What it could make use of.</summary>
    public UplinkDemand Demand { get; }

    /// <summary>Says what the viewer makes of its part, and caps its rung by what that is now.</summary>
    /// <param name="rung">The rung chosen.</param>
    public void Follow(int rung)
    {
        (Demand.Rung, Demand.Limit) = (rung, _limits.HighestBut(RungCap.Uplink));
        _limits.Set(RungCap.Uplink, Demand.Highest, _uplink.Reason);
    }

    /// <summary>The same, where what the rungs take is another than was said.</summary>
    /// <param name="rung">The rung chosen.</param>
    /// <param name="rates">What each takes, bit/s, each more than the one below; not to be written to any more.</param>
    public void Follow(int rung, IReadOnlyList<double> rates)
    {
        Demand.Measured = rates;
        Follow(rung);
    }

    /// <summary>Nothing is watched any more.</summary>
    public void Dispose() => _uplink.End(Demand);
}

using KnSock.Simulation.Traces;

namespace KnSock.Shaped.Tests;

/// <summary>Traces for tests.</summary>
internal static class Traces
{
    /// <summary>One with so much in each second.</summary>
    public static BandwidthTrace Of(string name, params double[] kbps) => new(name, [.. kbps.Select((_, i) => TimeSpan.FromSeconds(i))], kbps);
}

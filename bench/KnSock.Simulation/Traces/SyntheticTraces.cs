namespace KnSock.Simulation.Traces;

/// <summary>Traces that are made, not measured.</summary>
internal static class SyntheticTraces
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    /// <summary>The same all the time.</summary>
    public static BandwidthTrace Steady(double kbps, int seconds) => Create($"steady_{kbps:0}", seconds, _ => kbps);

    /// <summary>Half of it from the middle on.</summary>
    public static BandwidthTrace Halving(double kbps, int seconds) => Create($"halving_{kbps:0}", seconds, t => t < seconds / 2 ? kbps : kbps / 2);

    /// <summary>Nothing for the last second of each ten.</summary>
    public static BandwidthTrace Outages(double kbps, int seconds) => Create($"outages_{kbps:0}", seconds, t => t % 10 == 9 ? 0 : kbps);

    /// <summary>Nothing for a while, once.</summary>
    public static BandwidthTrace Outage(double kbps, int seconds, int from, int length) =>
        Create($"outage_{kbps:0}", seconds, t => t >= from && t < from + length ? 0 : kbps);

    /// <summary>Up and down by a random factor each second, between a fifth and five times the middle.</summary>
    public static BandwidthTrace RandomWalk(double kbps, int seconds, int seed)
    {
        var random = new SeededRandom((ulong)seed);
        var exponent = 0.0;
        return Create($"walk_{kbps:0}_{seed}", seconds, _ =>
        {
            exponent = Math.Clamp(exponent + ((random.NextDouble() - 0.5) * 0.8), -Math.Log(5), Math.Log(5));
            return kbps * Math.Exp(exponent);
        });
    }

    private static BandwidthTrace Create(string name, int seconds, Func<int, double> kbps) =>
        new(name, [.. Enumerable.Range(0, seconds).Select(t => Second * t)], [.. Enumerable.Range(0, seconds).Select(kbps)]);
}

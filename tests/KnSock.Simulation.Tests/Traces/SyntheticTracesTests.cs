using KnSock.Simulation.Traces;

namespace KnSock.Simulation.Tests.Traces;

public class SyntheticTracesTests
{
    [Fact]
    public void Each_is_what_it_is_called()
    {
        Assert.Equal(2000, SyntheticTraces.Steady(2000, 30).MeanKbps);
        Assert.Equal((2000, 1000), (SyntheticTraces.Halving(2000, 30)[14].Kbps, SyntheticTraces.Halving(2000, 30)[15].Kbps));
        Assert.Equal([9, 19, 29], Enumerable.Range(0, 30).Where(t => SyntheticTraces.Outages(2000, 30)[t].Kbps == 0));
        Assert.Equal([4, 5, 6], Enumerable.Range(0, 30).Where(t => SyntheticTraces.Outage(2000, 30, from: 4, length: 3)[t].Kbps == 0));
    }

    [Fact]
    public void A_walk_is_the_same_for_the_same_seed_and_keeps_its_bounds()
    {
        static double[] Walk(int seed) => [.. Enumerable.Range(0, 300).Select(t => SyntheticTraces.RandomWalk(2000, 300, seed)[t].Kbps)];
        Assert.Equal(Walk(1), Walk(1));
        Assert.NotEqual(Walk(1), Walk(2));
        Assert.All(Walk(3), kbps => Assert.InRange(kbps, 399.9, 10_000.1));
        Assert.True(Walk(3).Max() > 2 * Walk(3).Min());
    }

    [Fact]
    public void Others_take_their_share_while_they_are_there()
    {
        var trace = SyntheticTraces.Steady(1000, 300);
        var rest = CrossTraffic.On(trace, 0.4, seed: 5);
        Assert.Equal(trace.Duration, rest.Duration);
        double[] kbps = [.. Enumerable.Range(0, rest.Count).Select(i => Math.Round(rest[i].Kbps, 6))];
        Assert.Equal([600, 1000], kbps.Distinct().Order());
        Assert.InRange(rest.MeanKbps, 700, 900);
        Assert.Same(trace, CrossTraffic.On(trace, 0, seed: 5));
    }
}

using KnSock.Simulation.Media;
using KnSock.Simulation.Policies;
using KnSock.Simulation.Results;
using KnSock.Simulation.Running;
using KnSock.Simulation.Traces;

namespace KnSock.Simulation.Tests.Running;

/// <summary>What the product makes of links of one kind each.</summary>
public sealed class ScenarioTests
{
    private static readonly SimulatedChannel Channel = new(MediaSizesFile.Default);
    private static readonly SimulatedChannel WithoutLowSound = new(MediaSizesFile.Default, hasLowSound: false);
    private static readonly Policy Product = Policy.Named(Policy.Own);
    private static readonly Setting ReadAhead = Setting.All[^1];
    private static readonly Setting HalfASecond = new(Regime.Live, TimeSpan.FromMilliseconds(500));

    public static TheoryData<int, int> SettingsAndSeeds =>
        [.. Enumerable.Range(0, Setting.All.Count).SelectMany(setting => Enumerable.Range(0, 3).Select(seed => (setting, seed)))];

    [Theory]
    [MemberData(nameof(SettingsAndSeeds))]
    public void A_fast_link_is_at_the_top_and_hardly_probed(int setting, int seed)
    {
        var outcome = Run(SyntheticTraces.Steady(30_000, 120), Setting.All[setting], seed);

        Assert.Equal(0, outcome.Stalls);
        Assert.InRange(outcome.MeanKbps, 4700, 5000);
        Assert.InRange(outcome.ProbeShare, 0, 0.02);
        Assert.InRange(outcome.Switches, 0, 4);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Outages_of_a_second_are_bridged_by_what_was_read_ahead(int seed)
    {
        var outcome = Run(SyntheticTraces.Outages(6000, 120), ReadAhead, seed);

        Assert.Equal(0, outcome.Stalls);
        Assert.True(outcome.MeanKbps > 4000, $"{outcome.MeanKbps:0} kbit/s");
    }

    /// <summary>No lower rung would come through a link that is dead, and behind the outage it is as fast as before.</summary>
    [Theory]
    [MemberData(nameof(SettingsAndSeeds))]
    public void A_fast_link_that_is_dead_for_a_second_now_and_then_stays_near_the_top(int setting, int seed)
    {
        var outcome = Run(SyntheticTraces.Outages(12_000, 120), Setting.All[setting], seed);

        Assert.True(outcome.MeanKbps > 4200, $"{outcome.MeanKbps:0} kbit/s");
        Assert.InRange(outcome.Switches, 0, 16);
    }

    /// <summary>With read-ahead the first picture does not wait for a rung that the link hardly carries.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void On_a_modest_link_the_first_picture_is_there_soon(int seed)
    {
        var outcome = Run(SyntheticTraces.Steady(1700, 60), ReadAhead, seed);

        Assert.InRange(outcome.StartUpMs, 0, 900);
        Assert.Equal(0, outcome.Stalls);
    }

    /// <summary>Half a second of each outage is bridged by the delay; the link needs a moment to come back, and playout comes back to the delay.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Outages_of_a_second_cost_about_a_second_at_the_live_edge(int seed)
    {
        var outcome = Run(SyntheticTraces.Outages(6000, 120), HalfASecond, seed);

        Assert.InRange(outcome.StalledSeconds / 12, 0.4, 1.2);
        Assert.True(outcome.MeanKbps > 2400, $"{outcome.MeanKbps:0} kbit/s");
        Assert.InRange(outcome.LatencyP95Ms, 500, 1600);
    }

    [Theory]
    [MemberData(nameof(SettingsAndSeeds))]
    public void A_link_that_halves_is_followed(int setting, int seed)
    {
        var outcome = Run(SyntheticTraces.Halving(6000, 120), Setting.All[setting], seed);

        Assert.InRange(outcome.StalledSeconds, 0, Setting.All[setting] == ReadAhead ? 0 : 6);
        Assert.True(outcome.MeanKbps > (Setting.All[setting] == ReadAhead ? 3500 : 2000), $"{outcome.MeanKbps:0} kbit/s");
    }

    [Theory]
    [MemberData(nameof(SettingsAndSeeds))]
    public void Ten_who_share_a_link_get_the_same_of_it(int setting, int seed)
    {
        var outcomes = SimulatedRun.RunShared(Channel, SyntheticTraces.Steady(10_000, 180), Setting.All[setting], Product, new RunOptions { Seed = seed }, viewers: 10).Select(r => r.Outcome).ToArray();

        var rates = outcomes.Select(o => o.MeanKbps).ToArray();
        var jain = Math.Pow(rates.Sum(), 2) / (rates.Length * rates.Sum(r => r * r));
        Assert.InRange(jain, 0.9, 1.0001);
        Assert.All(outcomes, o => Assert.InRange(o.MeanKbps, 600, 1000));
        Assert.All(outcomes, o => Assert.InRange(o.Switches * 60 / o.WatchedSeconds, 0, 4.05));
    }

    /// <summary>The lowest rung takes 290 kbit/s with the usual sound and 220 with the low one.</summary>
    [Theory]
    [InlineData(180, true, 0.65)]
    [InlineData(180, false, 0.6)]
    [InlineData(240, true, 0.35)]
    [InlineData(240, false, 0.25)]
    public void On_a_poor_link_the_low_sound_leaves_far_fewer_stalls(double kbps, bool isLive, double most)
    {
        var (setting, trace) = (isLive ? HalfASecond : ReadAhead, SyntheticTraces.Steady(kbps, 120));
        foreach (var seed in new[] { 0, 1, 2 })
        {
            var options = new RunOptions { Seed = seed };
            var usual = SimulatedRun.Run(WithoutLowSound, trace, setting, Product, options).Outcome;
            var low = SimulatedRun.Run(Channel, trace, setting, Product, options).Outcome;

            Assert.True(low.StalledSeconds < most * usual.StalledSeconds && low.Stalls < usual.Stalls, $"seed {seed}: {low} beside {usual}");
        }
    }

    private static Outcome Run(BandwidthTrace trace, Setting setting, int seed) => SimulatedRun.Run(Channel, trace, setting, Product, new RunOptions { Seed = seed }).Outcome;
}

using KnSock.Simulation.Links;
using KnSock.Simulation.Media;
using KnSock.Simulation.Policies;
using KnSock.Simulation.Results;
using KnSock.Simulation.Running;
using KnSock.Simulation.Tests.Media;
using KnSock.Simulation.Traces;

namespace KnSock.Simulation.Tests.Running;

public class SimulatedRunTests
{
    private static readonly SimulatedChannel Channel = new(EvenMedia.Create(seconds: 30));
    private static readonly Setting HalfASecond = new(Regime.Live, TimeSpan.FromMilliseconds(500));
    private static readonly Setting EightSeconds = new(Regime.ReadAhead, TimeSpan.FromSeconds(8));

    public static TheoryData<string, int> Settings => new(Setting.All.Select(s => (s.Regime.ToString(), (int)s.Delay.TotalMilliseconds)));

    [Theory]
    [MemberData(nameof(Settings))]
    public void A_fast_link_gives_the_top_rung_without_a_stall(string regime, int delay)
    {
        var result = Run(SyntheticTraces.Steady(30_000, 60), new Setting(Enum.Parse<Regime>(regime), TimeSpan.FromMilliseconds(delay)), FixedRung.Policy(2));
        Assert.Equal((0, 0, 0), (result.Outcome.Stalls, result.Outcome.StalledSeconds, result.Outcome.Switches));
        Assert.InRange(result.Outcome.MeanKbps, 4800 * 0.95, 4800);
        Assert.InRange(result.Outcome.StartUpMs, 100, 400 + delay * (regime == "Live" ? 1 : 0));
        Assert.Equal(0, result.Outcome.ProbeShare);
    }

    [Fact]
    public void The_product_climbs_to_the_top_on_a_fast_link()
    {
        var result = SimulatedRun.Run(Channel, SyntheticTraces.Steady(30_000, 60), EightSeconds, Policy.Named(Policy.Own), new RunOptions { KeepsMoments = true });
        Assert.Equal(("knsock", 0), (result.Policy, result.Outcome.Stalls));
        Assert.Contains(result.Moments, m => m.Rung == 2);
    }

    [Fact]
    public void At_the_live_edge_the_latency_is_the_delay_asked_for_and_what_the_first_GOP_was_begun_before()
    {
        var result = Run(SyntheticTraces.Steady(30_000, 60), HalfASecond, FixedRung.Policy(0));
        var intoGop = SimulatedRun.StartOf(Channel, SyntheticTraces.Steady(30_000, 60), new RunOptions()).TotalMilliseconds % 1000;
        Assert.InRange(result.Outcome.LatencyP50Ms, 100, 600 + intoGop);
        Assert.InRange(result.Outcome.LatencyP95Ms, result.Outcome.LatencyP50Ms, 1700);
    }

    [Fact]
    public void Who_joins_with_a_GOP_is_the_delay_behind_the_live_edge()
    {
        var result = SimulatedRun.Run(Channel, SyntheticTraces.Steady(30_000, 60), HalfASecond, FixedRung.Policy(0), new RunOptions { JoinsWithGop = true });
        Assert.InRange(result.Outcome.LatencyP50Ms, 450, 750);
        Assert.Equal(0, result.Outcome.Stalls);
    }

    [Fact]
    public void An_outage_that_is_longer_than_the_read_ahead_stalls_by_the_rest()
    {
        var result = Run(SyntheticTraces.Outage(8000, 60, from: 20, length: 15), EightSeconds, FixedRung.Policy(0));
        Assert.Equal(1, result.Outcome.Stalls);
        // The batch that was not asked for yet is missing from the 8 s.
        Assert.InRange(result.Outcome.StalledSeconds, 15 - 8, 15 - 8 + 1.3);
    }

    [Fact]
    public void An_outage_that_is_shorter_than_the_read_ahead_is_not_seen() =>
        Assert.Equal(0, Run(SyntheticTraces.Outage(8000, 60, from: 20, length: 6), EightSeconds, FixedRung.Policy(0)).Outcome.Stalls);

    [Fact]
    public void At_the_live_edge_an_outage_stalls_by_about_its_length()
    {
        var outcome = Run(SyntheticTraces.Outage(8000, 60, from: 20, length: 5), HalfASecond, FixedRung.Policy(0)).Outcome;
        Assert.InRange(outcome.StalledSeconds, 5 - 1.7, 5.5);
        Assert.InRange(outcome.Stalls, 1, 3);
    }

    [Fact]
    public void A_rung_that_the_link_cannot_carry_stalls()
    {
        var outcome = Run(SyntheticTraces.Steady(2500, 60), EightSeconds, FixedRung.Policy(2)).Outcome;
        // Half of what it takes.
        Assert.InRange(outcome.StalledSeconds / outcome.WatchedSeconds, 0.35, 0.6);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void What_the_link_carries_is_what_the_media_weighs(int rung)
    {
        var trace = SyntheticTraces.Steady(20_000, 60);
        FixedRung? selector = null;
        var result = Run(trace, HalfASecond, new Policy("noting", setup => selector = new FixedRung(rung, setup.FirstRung)));
        Assert.Equal(0, result.Outcome.Stalls);
        var delivered = selector!.Delivered.Where(d => d.Rung == rung).ToArray();
        Assert.InRange(delivered.Length, 57, 61);
        Assert.All(delivered, d => Assert.Equal(TimeSpan.FromSeconds(1), d.Duration));
        // Sound and framing are 96 kbit/s, 77 headers and a dozen marks a second.
        var needed = Channel.Media.Rungs[rung].Pictures.Take(30).Sum(p => p.Bytes) + ((96_000 + (77 * 44 * 8) + (12 * 76 * 8)) / 8);
        Assert.InRange(delivered.Average(d => d.Bytes), needed * 0.97, needed * 1.03);
    }

    [Fact]
    public void Deliveries_follow_each_other_and_take_the_time_of_the_link()
    {
        FixedRung? selector = null;
        Run(SyntheticTraces.Steady(6000, 30), EightSeconds, new Policy("noting", setup => selector = new FixedRung(2, setup.FirstRung)));
        var top = selector!.Delivered.Where(d => d.Rung == 2).ToArray();
        Assert.All(top.Zip(top.Skip(1)), pair => Assert.True(pair.First.Ended < pair.Second.Ended && pair.First.Began < pair.Second.Began));
        Assert.All(top, d => Assert.InRange((d.Ended - d.Began).TotalSeconds, (d.Bytes - 150_000) * 8 / 6000e3, 2));
    }

    [Fact]
    public void A_run_is_the_same_each_time_and_another_with_another_seed()
    {
        var trace = SyntheticTraces.RandomWalk(2500, 90, 3);
        static RunResult Once(BandwidthTrace trace, int seed) => SimulatedRun.Run(Channel, trace, HalfASecond, Policy.Named(Policy.Own), new RunOptions { Seed = seed, KeepsMoments = true });
        var (first, again, other) = (Once(trace, 1), Once(trace, 1), Once(trace, 2));
        Assert.Equal(first.Outcome, again.Outcome);
        Assert.Equal(first.Moments, again.Moments);
        Assert.NotEqual(first.Outcome, other.Outcome);
    }

    [Fact]
    public void Moments_show_how_it_went()
    {
        var trace = SyntheticTraces.Outage(8000, 60, from: 20, length: 15);
        var moments = SimulatedRun.Run(Channel, trace, EightSeconds, FixedRung.Policy(1), new RunOptions { KeepsMoments = true }).Moments;
        Assert.Equal(Enumerable.Range(1, 119).Select(i => i / 2.0), moments.Select(m => m.Seconds));
        Assert.All(moments.Where(m => m.Seconds is > 20.5 and <= 35), m => Assert.Equal(0, m.CapacityKbps));
        Assert.All(moments.Where(m => m.Seconds is > 29.5 and < 35), m => Assert.True(m.IsStalled));
        Assert.All(moments.Where(m => m.Seconds is > 15 and < 20), m => Assert.InRange(m.BufferSeconds, 6.5, 8.6));
        Assert.Equal(1, moments[^1].Rung);
    }

    [Fact]
    public void Cross_traffic_and_distance_are_felt()
    {
        var trace = SyntheticTraces.Steady(5800, 60);
        var alone = SimulatedRun.Run(Channel, trace, HalfASecond, FixedRung.Policy(2), new RunOptions());
        var crossed = SimulatedRun.Run(Channel, trace, HalfASecond, FixedRung.Policy(2), new RunOptions { CrossTraffic = 0.6 });
        var far = SimulatedRun.Run(Channel, trace, EightSeconds, FixedRung.Policy(0), new RunOptions { Link = new LinkOptions { RoundTrip = TimeSpan.FromMilliseconds(400) } });
        Assert.True(crossed.Outcome.StalledSeconds > alone.Outcome.StalledSeconds + 2);
        Assert.InRange(far.Outcome.StartUpMs, 1000, 2500);
    }

    [Fact]
    public void Ten_viewers_share_a_link()
    {
        var trace = SyntheticTraces.Steady(10_000, 60);
        var fitting = SimulatedRun.RunShared(Channel, trace, EightSeconds, FixedRung.Policy(0), new RunOptions(), viewers: 10);
        Assert.Equal(10, fitting.Count);
        Assert.All(fitting, r => Assert.Equal(0, r.Outcome.Stalls));
        // Each takes 1,370 kbit/s and its part is 1,000, headers included.
        var crowded = SimulatedRun.RunShared(Channel, trace, EightSeconds, FixedRung.Policy(1), new RunOptions { KeepsMoments = true }, viewers: 10);
        Assert.All(crowded, r => Assert.InRange(r.Outcome.StalledSeconds / r.Outcome.WatchedSeconds, 0.1, 0.5));
        Assert.All(crowded, r => Assert.Equal(119, r.Moments.Count));
    }

    private static RunResult Run(BandwidthTrace trace, Setting setting, Policy policy) => SimulatedRun.Run(Channel, trace, setting, policy, new RunOptions());
}

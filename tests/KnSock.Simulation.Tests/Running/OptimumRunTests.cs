using KnSock.Simulation.Media;
using KnSock.Simulation.Policies;
using KnSock.Simulation.Results;
using KnSock.Simulation.Running;
using KnSock.Simulation.Tests.Media;
using KnSock.Simulation.Traces;

namespace KnSock.Simulation.Tests.Running;

public class OptimumRunTests
{
    private static readonly SimulatedChannel Channel = new(EvenMedia.Create(seconds: 30));

    [Fact]
    public void On_a_fast_link_it_is_the_top_rung_behind_the_first()
    {
        foreach (var setting in Setting.All)
        {
            var result = OptimumRun.Run(Channel, SyntheticTraces.Steady(30_000, 60), setting, new RunOptions());
            Assert.Equal(("optimum", 0), (result.Policy, result.Outcome.Stalls));
            Assert.InRange(result.Outcome.MeanKbps, 4800 * 0.97, 4800);
            Assert.InRange(result.Outcome.StartUpMs, 100, 100 + (setting.Regime == Regime.Live ? setting.Delay.TotalMilliseconds + 120 : 500));
        }
    }

    [Fact]
    public void With_read_ahead_no_run_is_better()
    {
        var setting = new Setting(Regime.ReadAhead, TimeSpan.FromSeconds(8));
        for (var seed = 0; seed < 4; seed++)
        {
            var trace = SyntheticTraces.RandomWalk(1500 + (1000 * seed), 60, seed);
            var best = Channel.Quality.Of(OptimumRun.Run(Channel, trace, setting, new RunOptions()).Outcome);
            Policy[] policies = [.. Policy.All, .. Enumerable.Range(0, 3).Select(FixedRung.Policy)];
            Assert.All(policies, policy =>
            {
                var quality = Channel.Quality.Of(SimulatedRun.Run(Channel, trace, setting, policy, new RunOptions()).Outcome);
                Assert.True(quality <= best + 0.01, $"seed {seed}: {policy.Name} {quality}, optimum {best}");
            });
        }
    }

    [Fact]
    public void With_each_weight_of_stalls_the_plan_made_for_it_is_the_best()
    {
        var trace = SyntheticTraces.RandomWalk(1500, 60, seed: 3);
        foreach (var setting in (Setting[])[Setting.All[1], Setting.All[^1]])
        {
            var optimum = OptimumRun.Run(Channel, trace, setting, new RunOptions());
            foreach (var (factor, own) in optimum.AtStallFactor)
            {
                Assert.All(optimum.AtStallFactor.Values, other => Assert.True(Channel.Quality.Of(own, factor) >= Channel.Quality.Of(other, factor) - 0.01, $"{setting}, stalls x{factor}"));
            }

            Assert.True(optimum.At(4).StalledSeconds <= optimum.At(0.5).StalledSeconds + 0.01, $"{setting}");
        }
    }
}

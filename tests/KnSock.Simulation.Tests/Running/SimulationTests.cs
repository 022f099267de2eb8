using KnSock.Simulation.Media;
using KnSock.Simulation.Policies;
using KnSock.Simulation.Results;
using KnSock.Simulation.Running;
using KnSock.Simulation.Tests.Media;
using KnSock.Simulation.Traces;

namespace KnSock.Simulation.Tests.Running;

public class SimulationTests
{
    private static readonly SimulatedChannel Channel = new(EvenMedia.Create(seconds: 20));
    private static readonly BandwidthTrace[] Traces = [SyntheticTraces.Halving(4000, 20), SyntheticTraces.Steady(2000, 20), SyntheticTraces.Outages(3000, 20)];

    [Fact]
    public void Results_come_in_the_order_of_what_was_asked_for_and_are_those_of_single_runs()
    {
        var simulation = new Simulation.Running.Simulation(Channel, new RunOptions());
        var told = 0;
        var results = Simulation.Running.Simulation.Run(
            Traces, Setting.All, [simulation.Of(FixedRung.Policy(1)), simulation.Of(Policy.Named(Policy.Own))], (_, of) => told = Math.Max(told, of), CancellationToken.None);
        Assert.Equal(24, told);
        var expected = from policy in new[] { "rung1", "knsock" } from setting in Setting.All from trace in Traces select (policy, setting, trace.Name, trace.Network);
        Assert.Equal(expected, results.Select(r => (r.Policy, r.Setting, r.Trace, r.Network)));
        Assert.Equal(SimulatedRun.Run(Channel, Traces[2], Setting.All[3], Policy.Named(Policy.Own), new RunOptions()).Outcome, results[^1].Outcome);
    }

    [Fact]
    public void It_can_be_cancelled()
    {
        using var cancel = new CancellationTokenSource();
        var simulation = new Simulation.Running.Simulation(Channel, new RunOptions());
        Assert.ThrowsAny<OperationCanceledException>(() => Simulation.Running.Simulation.Run(
            Traces, Setting.All, [simulation.Of(FixedRung.Policy(1))], (_, _) => cancel.Cancel(), cancel.Token));
    }

    [Fact]
    public void A_fault_in_a_run_is_told_of()
    {
        var fault = Assert.Throws<SimulationException>(() => Simulation.Running.Simulation.Run(
            Traces, Setting.All, [(_, _) => throw new InvalidOperationException("it broke")], progress: null, CancellationToken.None));
        Assert.Equal("a run failed: it broke", fault.Message);
    }
}

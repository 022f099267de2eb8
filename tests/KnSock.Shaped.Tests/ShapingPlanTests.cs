using KnSock.Shaped.Links;
using KnSock.Simulation.Links;
using KnSock.Simulation.Traces;

namespace KnSock.Shaped.Tests;

public sealed class ShapingPlanTests
{
    [Fact]
    public void Each_interval_carries_what_the_trace_says_with_what_a_change_gives_for_nothing()
    {
        foreach (var step in ShapingPlan.For(Traces.Of("4g_x", 100, 2400, 12_000)))
        {
            var carried = step.BitsPerSecond + (step.Burst * 8);
            Assert.Equal(step.Kbps * 1000 * 1514 / 1500, carried, tolerance: 1);
            Assert.True(step.Burst >= ShapingPlan.LargestPacket, $"a burst of {step.Burst} never lets a packet through");
        }
    }

    [Fact]
    public void Equal_intervals_are_one_step_and_give_one_burst()
    {
        var steps = ShapingPlan.For(Traces.Of("step_x", 500, 500, 500, 500, 800));
        Assert.Equal([TimeSpan.Zero, TimeSpan.FromSeconds(4)], steps.Select(s => s.At));
        var carried = (steps[0].BitsPerSecond * 4) + (steps[0].Burst * 8);
        Assert.Equal(4 * 500_000.0 * 1514 / 1500, carried, tolerance: 4);
    }

    [Fact]
    public void An_outage_and_all_but_an_outage_have_a_rate_that_a_bucket_can_have()
    {
        var steps = ShapingPlan.For(Traces.Of("3g_x", 0, 3, 0));
        Assert.Equal([1000, 1000, 1000], steps.Select(s => s.BitsPerSecond));
    }

    [Fact]
    public void The_queue_is_the_simulators()
    {
        Assert.Equal(75_700, ShapingPlan.LimitFor(Traces.Of("x_x", 1000, 3000), new LinkOptions { Queue = TimeSpan.FromMilliseconds(300) }));
        Assert.Equal(30_280, ShapingPlan.LimitFor(Traces.Of("x_x", 10, 10), new LinkOptions()));
    }
}

using KnSock.Simulation.Optimum;

namespace KnSock.Simulation.Tests.Optimum;

public sealed class ReadAheadPlanTests
{
    [Fact]
    public void ItIsTheBestOfAllSequences()
    {
        for (var seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            var setup = Plans.Random(random, Plans.Ahead(1 + (random.NextDouble() * 3)), seconds: 6.5, rungs: 3, meanKbps: 700) with { Grid = 0.0001 };
            var model = new ReadAheadModel(setup);
            var best = Plans.Sequences(setup, 7).Max(s => Plans.Value(setup, model.Evaluate(s)));

            var plan = OptimalPlan.Make(setup);

            // What comes of its rungs is the best; what it promises is no less, and more only by what the grid leaves open.
            Assert.True(Plans.Value(setup, plan.Outcome) >= best - 1e-6, $"seed {seed}: {Plans.Value(setup, plan.Outcome)} is below {best}");
            Assert.True(Plans.Value(setup, plan.Outcome) <= best + 0.005, $"seed {seed}: {Plans.Value(setup, plan.Outcome)} is above {best}");
            Assert.True(Plans.Value(setup, plan.Attained) >= best - 0.001, $"seed {seed}: {Plans.Value(setup, plan.Attained)} is not {best}");
        }
    }

    [Fact]
    public void NoPlanOfOneRungAndNoneDrawnByLotIsBetter()
    {
        for (var seed = 0; seed < 12; seed++)
        {
            var random = new Random(seed);
            var setup = Plans.Random(random, Plans.Ahead(), seconds: 60) with { Grid = 0.02 };
            var model = new ReadAheadModel(setup);
            var value = Plans.Value(setup, OptimalPlan.Make(setup).Outcome);
            for (var i = 0; i < 200; i++)
            {
                var (low, high) = (random.Next(4), random.Next(4));
                int[] rungs = [setup.FirstRung!.Value, .. Enumerable.Range(0, 60).Select(_ => i < 4 ? i : random.Next(Math.Min(low, high), Math.Max(low, high) + 1))];
                var other = Plans.Value(setup, model.Evaluate(rungs));
                Assert.True(value >= other - 1e-6, $"seed {seed}: {value} is below {other}");
            }
        }
    }

    [Fact]
    public void OnAFastLinkItIsTheTopWithoutAStall()
    {
        var setup = Plans.Random(new Random(1), Plans.Ahead(), seconds: 180) with { Capacity = new Capacity([.. Enumerable.Repeat(50_000.0, 181)], 1), FirstRung = null };
        var plan = OptimalPlan.Make(setup);
        Assert.Equal(Math.Log(2800.0 / 300), Plans.Value(setup, plan.Outcome), 1e-9);
        Assert.Equal((0, 0, 0), (plan.Outcome.StalledSeconds, plan.Outcome.Switches, plan.Outcome.UtilityChange));
        Assert.Equal(2800, plan.Outcome.MeanKbps, 1e-9);
        Assert.All(plan.Rungs, rung => Assert.Equal(3, rung));
    }

    [Fact]
    public void MoreCapacityIsNeverWorse()
    {
        for (var seed = 0; seed < 5; seed++)
        {
            var (last, setup) = (double.NegativeInfinity, Plans.Random(new Random(seed), Plans.Ahead(), seconds: 60) with { FirstRung = 0, StallFactor = 1, Grid = 0.02 });
            for (var factor = 0.5; factor < 4; factor *= 1.6)
            {
                // The first second is the same in all, so that playout begins at the same time.
                var random = new Random(seed);
                double[] kbps = [1200, .. Enumerable.Range(0, 60).Select(_ => factor * 1200 * random.NextDouble() * 2)];
                var value = Plans.Value(setup, OptimalPlan.Make(setup with { Capacity = new Capacity(kbps, 1) }).Outcome);
                Assert.True(value >= last - 0.01, $"seed {seed}: {value} with {factor} times the capacity, {last} with less");
                last = value;
            }
        }
    }

    [Fact]
    public void AnOutageThatOutlastsTheBufferIsAStallOfTheRest()
    {
        // Playout begins at 0.156 s, so when the link goes at 20 s for 15 s there is room for all up to 27.844 s; the frame at 27.9 s comes at 35 s.
        double[] kbps = [.. Enumerable.Repeat(50_000.0, 20), .. Enumerable.Repeat(0.0, 15), .. Enumerable.Repeat(50_000.0, 30)];
        var setup = Plans.Random(new Random(1), Plans.Ahead(), seconds: 60) with { Capacity = new Capacity(kbps, 1), StallFactor = 1 };
        var outcome = OptimalPlan.Make(setup).Outcome;
        Assert.InRange(outcome.StalledSeconds, 6.92, 6.95);
    }

    [Fact]
    public void WithoutALinkThereIsNothing()
    {
        var setup = Plans.Random(new Random(1), Plans.Ahead(), seconds: 10) with { Capacity = new Capacity([0, 0, 0], 1), StallFactor = 1 };
        var outcome = OptimalPlan.Make(setup).Outcome;
        Assert.Equal(outcome.WatchedSeconds, outcome.StalledSeconds);
        Assert.Equal(0, outcome.MeanUtility);
    }
}

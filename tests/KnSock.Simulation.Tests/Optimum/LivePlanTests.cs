using KnSock.Simulation.Optimum;

namespace KnSock.Simulation.Tests.Optimum;

public sealed class LivePlanTests
{
    private const int Frames = 5;

    [Fact]
    public void ItIsTheBestOfAllSequencesAndAllThatCanBeDropped()
    {
        var compared = 0;
        for (var seed = 0; seed < 40; seed++)
        {
            var random = new Random(seed);
            var setup = Plans.Random(random, Plans.Live(0.2 + (0.8 * random.NextDouble())), seconds: 3.5, rungs: 3, meanKbps: 700)
                with { Grid = 0.0001, FramesPerGop = Frames, OneWaySeconds = 0.02 };
            var model = new LiveModel(setup, setup.FirstRung!.Value);
            var gops = model.Gops.Count;
            var outcomes = Plans.Sequences(setup, gops).SelectMany(rungs => Kept(gops).Select(kept => model.Evaluate(rungs, kept)));
            var best = outcomes.MaxBy(o => Plans.Value(setup, o))!;

            var plan = OptimalPlan.Make(setup);
            var (value, attained, most) = (Plans.Value(setup, plan.Outcome), Plans.Value(setup, plan.Attained), Plans.Value(setup, best));
            Assert.True(value <= most + 1e-3 && attained <= most + 1e-9, $"seed {seed}: {value}, {attained}, but the best is {most}");
            if (best.StalledSeconds < 0.5 * best.WatchedSeconds)
            {
                compared++;
                Assert.True(value >= most - 1e-6 && attained >= most - 1e-3, $"seed {seed}: {value}, {attained}, but the best is {most}");
            }
        }

        Assert.True(compared > 30, $"only {compared} were compared");
    }

    [Theory]
    [InlineData(0.2)]
    [InlineData(0.5)]
    [InlineData(1)]
    public void NoPlanOfOneRungAndNoneDrawnByLotIsBetter(double delay)
    {
        for (var seed = 0; seed < 6; seed++)
        {
            var random = new Random(seed);
            var setup = Plans.Random(random, Plans.Live(delay), seconds: 60);
            var model = new LiveModel(setup, setup.FirstRung!.Value);
            var value = Plans.Value(setup, OptimalPlan.Make(setup).Outcome);
            for (var i = 0; i < 200; i++)
            {
                var (low, high) = (random.Next(4), random.Next(4));
                int[] rungs = [setup.FirstRung!.Value, .. Enumerable.Range(0, 60).Select(_ => i < 8 ? i % 4 : random.Next(Math.Min(low, high), Math.Max(low, high) + 1))];
                int[] kept = [.. Enumerable.Range(0, 61).Select(_ => i < 4 || random.Next(3) == 0 ? 10 : i < 8 ? 0 : random.Next(11))];
                var other = Plans.Value(setup, model.Evaluate(rungs, kept));
                Assert.True(value >= other - 1e-6, $"seed {seed}: {value} is below {other}");
            }
        }
    }

    [Fact]
    public void OnAFastLinkItIsTheTopWithoutAStall()
    {
        var setup = Plans.Random(new Random(1), Plans.Live(0.5), seconds: 180) with { Capacity = new Capacity([.. Enumerable.Repeat(100_000.0, 181)], 1), FirstRung = 3 };
        var plan = OptimalPlan.Make(setup);
        Assert.Equal(Math.Log(2800.0 / 300), Plans.Value(setup, plan.Outcome), 1e-9);
        Assert.Equal((0, 0), (plan.Outcome.StalledSeconds, plan.Outcome.Switches));
        Assert.InRange(plan.Outcome.WatchedSeconds, 179, 180);
    }

    [Fact]
    public void MoreCapacityAndMoreDelayAreNeverWorse()
    {
        for (var seed = 0; seed < 8; seed++)
        {
            var last = double.NegativeInfinity;
            var setup = Plans.Random(new Random(seed), Plans.Live(0.5), seconds: 60) with { FirstRung = 0, StallFactor = 1 };
            for (var factor = 0.5; factor < 4; factor *= 1.4)
            {
                var random = new Random(seed);
                double[] kbps = [1200, .. Enumerable.Range(0, 60).Select(_ => factor * 1200 * random.NextDouble() * 2)];
                var with = setup with { Capacity = new Capacity(kbps, 1) };
                var value = Plans.Value(with, OptimalPlan.Make(with).Outcome);
                Assert.True(value >= last - 0.005, $"seed {seed}: {value} with {factor} times the capacity, {last} with less");
                var longer = Plans.Value(with, OptimalPlan.Make(with with { Setting = Plans.Live(1) }).Outcome);
                Assert.True(longer >= value - 0.01, $"seed {seed}: {longer} with 1 s, {value} with 0.5 s");
                last = value;
            }
        }
    }

    [Fact]
    public void AnOutageIsAStallLessTheDelayAndWhatComesThenIsOnTimeAgain()
    {
        // Frames each 100 ms; the link goes at 20 s for 3 s.
        double[] kbps = [.. Enumerable.Repeat(50_000.0, 20), .. Enumerable.Repeat(0.0, 3), .. Enumerable.Repeat(50_000.0, 40)];
        var setup = Plans.Random(new Random(1), Plans.Live(0.5), seconds: 60) with { Capacity = new Capacity(kbps, 1), StallFactor = 1, FirstRung = 3 };
        var outcome = OptimalPlan.Make(setup).Outcome;
        Assert.InRange(outcome.StalledSeconds, 2.4, 2.7);
    }

    [Fact]
    public void AHeavyKeyframeNeedsTime()
    {
        var setup = Plans.Random(new Random(1), Plans.Live(0.2), seconds: 60)
            with { Capacity = new Capacity([.. Enumerable.Repeat(3500.0, 61)], 1), StallFactor = 1, FirstRung = 0 };
        var even = OptimalPlan.Make(setup);
        var heavy = OptimalPlan.Make(setup with { KeyframeBytes = [.. setup.Bytes.Select(b => (long[])[.. b.Select(x => x * 2 / 5)])] });
        Assert.True(Plans.Value(setup, heavy.Outcome) < Plans.Value(setup, even.Outcome) - 0.05);
    }

    private static IEnumerable<int[]> Kept(int gops) => gops == 0
        ? [[]]
        : Kept(gops - 1).SelectMany(k => Enumerable.Range(0, Frames + 1).Select(n => (int[])[.. k, n]));
}

using KnSock.Simulation.Policies;

namespace KnSock.Simulation.Tests.Policies;

public sealed class RobustMpcTests
{
    private static readonly double[] Utilities = [0, 0.8, 1.5, 2.2];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TheSearchFindsWhatTryingAllSequencesFinds(bool isLive)
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var gops = Enumerable.Range(0, 1 + random.Next(5)).Select(_ => Gop(random)).ToArray();
            var (buffer, before) = (random.NextDouble() * 4, random.Next(4));
            var (stall, change) = (random.NextDouble() * 4, random.NextDouble());
            var max = isLive ? 1.0 : 5;

            var (rung, value) = new HorizonSearch(Utilities, stall, change).Best(gops, Math.Min(buffer, max), max, before, isLive);

            var all = Sequences(gops.Length).Select(s => (First: s[0], Value: Reckon(s, gops, Math.Min(buffer, max), max, before, isLive, stall, change))).ToArray();
            var best = all.Max(s => s.Value);
            Assert.True(Math.Abs(best - value) < 1e-9, $"seed {seed}: {value}, best is {best}");
            Assert.True(all.Any(s => s.First == rung && Math.Abs(s.Value - best) < 1e-9), $"seed {seed}: rung {rung} is not the best's first");
        }
    }

    [Fact]
    public void ThePredictionIsTheHarmonicMeanOfFiveOverOnePlusTheLargestError()
    {
        var selector = new RobustMpcSelector(new RobustMpcOptions(), 0);
        Assert.Null(selector.Predicted);
        Deliver(selector, 2e6);
        Assert.Equal(2e6, selector.Predicted!.Value, 20_000.0);

        // Predicted 2, came 1: an error of 1. Harmonic mean of 2 and 1: 4/3.
        Deliver(selector, 1e6);
        Assert.Equal(4e6 / 3 / 2, selector.Predicted!.Value, 20_000.0);

        // Five times the same: the error leaves after five more, the mean is what came.
        for (var i = 0; i < 10; i++)
        {
            Deliver(selector, 3e6);
        }

        Assert.Equal(3e6, selector.Predicted!.Value, 30_000.0);
    }

    [Fact]
    public void ErrorsMakeItMoreCautious()
    {
        var (steady, rough, sure) = (new RobustMpcSelector(new(), 0), new RobustMpcSelector(new(), 0), new RobustMpcSelector(new() { IsRobust = false }, 0));
        foreach (var rate in new[] { 1.0, 9, 1, 9, 1 })
        {
            // The harmonic mean of both is the same.
            Deliver(steady, 5e6 / (1 + (2 / 9.0) + 2) * 1.0);
            Deliver(rough, rate * 1e6);
            Deliver(sure, rate * 1e6);
        }

        Assert.Equal(sure.Predicted!.Value, steady.Predicted!.Value, 0.01 * sure.Predicted.Value);
        Assert.True(rough.Predicted < 0.6 * steady.Predicted, $"{rough.Predicted} is not well below {steady.Predicted}");
    }

    [Fact]
    public void AFullBufferOnAFastLinkMeansTheTopAndAnEmptyOneOnASlowLinkTheBottom()
    {
        var selector = new RobustMpcSelector(new RobustMpcOptions(), 2);
        Deliver(selector, 30e6, 6);
        Assert.Equal(5, selector.Rung);
        for (var i = 0; i < 6; i++)
        {
            Deliver(selector, 320_000, 0.2, sent: 5);
        }

        Assert.Equal(0, selector.Rung);
    }

    [Fact]
    public void AtTheLiveEdgeARungThatTheLinkCarriesIsNoStallEachSecond()
    {
        var selector = new RobustMpcSelector(new RobustMpcOptions(), 2);
        selector.OnDelivered(Seen.Delivery(2, 1_500_000));
        selector.Update(Seen.Live(0.3, sent: 2, link: Seen.Busy(6_000_000)), TimeSpan.Zero);
        Assert.Equal(4, selector.Rung);
    }

    private static void Deliver(RobustMpcSelector selector, double rate, double buffer = 2, int sent = 0)
    {
        selector.OnDelivered(Seen.Delivery(0, rate));
        selector.Update(Seen.Ahead(buffer, sent, Seen.Busy(rate, 0.1)), TimeSpan.Zero);
    }

    private static HorizonGop Gop(Random random)
    {
        var loads = Enumerable.Range(0, 4).Select(_ => random.NextDouble() * 3).Order().ToArray();
        return new HorizonGop(0.5 + random.NextDouble(), loads, [.. loads.Select(l => l * 0.3)]);
    }

    private static IEnumerable<int[]> Sequences(int length) => length == 0
        ? [[]]
        : Sequences(length - 1).SelectMany(s => Enumerable.Range(0, Utilities.Length).Select(r => (int[])[.. s, r]));

    private static double Reckon(int[] rungs, HorizonGop[] gops, double buffer, double max, int before, bool isLive, double stallWeight, double changeWeight)
    {
        var value = 0.0;
        for (var i = 0; i < rungs.Length; i++)
        {
            var (rung, gop) = (rungs[i], gops[i]);
            double stall;
            if (isLive)
            {
                var after = buffer + gop.Seconds - gop.LoadSeconds[rung];
                stall = Math.Max(Math.Max(0, gop.KeyframeLoadSeconds[rung] - buffer), -after);
                buffer = Math.Min(Math.Max(after, 0), max);
            }
            else
            {
                stall = Math.Max(0, gop.LoadSeconds[rung] - buffer);
                buffer = Math.Min(max, Math.Max(0, buffer - gop.LoadSeconds[rung]) + gop.Seconds);
            }

            value += (Utilities[rung] * gop.Seconds) - (stallWeight * stall) - (changeWeight * Math.Abs(Utilities[rung] - Utilities[i == 0 ? before : rungs[i - 1]]));
        }

        return value;
    }
}

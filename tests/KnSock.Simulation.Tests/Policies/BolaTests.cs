using KnSock.Protocol.Messages;
using KnSock.Simulation.Policies;

namespace KnSock.Simulation.Tests.Policies;

public sealed class BolaTests
{
    private const double Minimum = 3, Target = 7;
    private static readonly BolaScore Score = new(Seen.Rates, Minimum, Target);

    [Fact]
    public void TheLevelsGiveTheParametersOfTheFormula()
    {
        // u(top) - u(lowest) = ln(8000/300); gp = that / (7/3 - 1); V = 3 / gp.
        var top = Math.Log(8000.0 / 300);
        Assert.Equal(top / ((Target / Minimum) - 1), Score.Gp, 1e-12);
        Assert.Equal(Minimum / Score.Gp, Score.V, 1e-12);
        Assert.Equal(Minimum, Score.MostLevelFor(0), 1e-12);
        Assert.Equal(Target, Score.MostLevelFor(5), 1e-9);
    }

    [Fact]
    public void TheChoiceRisesWithTheLevelFromTheLowestRungToTheHighest()
    {
        var rungs = Enumerable.Range(0, 1001).Select(i => Score.Best(i / 100.0)).ToArray();
        Assert.Equal(rungs.Order(), rungs);
        Assert.Equal(0, rungs[0]);
        Assert.Equal(5, rungs[^1]);
        Assert.Equal(6, rungs.Distinct().Count());
    }

    [Fact]
    public void ARungIsTakenFromTheLevelOnAtWhichItsScoreIsThatOfTheOneBelow()
    {
        for (var rung = 1; rung < 6; rung++)
        {
            // (V (u1 + gp - 1) - Q) / r1 = (V (u2 + gp - 1) - Q) / r2, solved for Q.
            var (high, low) = (Seen.Rates[rung], Seen.Rates[rung - 1]);
            var (uHigh, uLow) = (1 + Math.Log(high / Seen.Rates[0]), 1 + Math.Log(low / Seen.Rates[0]));
            var level = Score.V * (((high * (uLow + Score.Gp - 1)) - (low * (uHigh + Score.Gp - 1))) / (high - low));
            Assert.Equal(level, Score.LeastLevelFor(rung), 1e-9);
            Assert.Equal(rung - 1, Score.Best(level - 0.001));
            Assert.Equal(rung, Score.Best(level + 0.001));
        }
    }

    [Fact]
    public void WithEnoughInTheBufferTheThroughputDoesNotMatter()
    {
        foreach (var buffer in new[] { 4.0, 5, 6, 7 })
        {
            var rungs = new[] { 6e6, 20e6, 100e6 }.Select(rate => Started(rate, buffer).Rung).Distinct().ToArray();
            Assert.Single(rungs);
            Assert.Equal(new BolaScore(Seen.Rates, 7.2 * 10 / 22, 7.2).Best(buffer), rungs[0]);
        }
    }

    [Fact]
    public void ItBeginsByThroughputAndThePlaceholderKeepsThatRungAfterwards()
    {
        var selector = new BolaSelector(new BolaOptions(), 0);
        selector.OnDelivered(Seen.Delivery(0, 3_300_000));
        Assert.Equal(3, selector.Update(Seen.Ahead(0.5, link: Seen.Busy(3_300_000)), TimeSpan.Zero)?.Rung);

        selector.Update(Seen.Ahead(2.1, sent: 3, link: Seen.Busy(3_300_000)), TimeSpan.FromSeconds(1));
        Assert.True(selector.Placeholder > 0);
        selector.Update(Seen.Ahead(2.2, sent: 3, link: Seen.Busy(3_300_000)), TimeSpan.FromSeconds(1.1));
        Assert.Equal(3, selector.Rung);
    }

    [Fact]
    public void ThePlaceholderGrowsWhileNothingCanBeSentAndIsGoneAfterAStall()
    {
        var selector = new BolaSelector(new BolaOptions(), 0);
        selector.OnDelivered(Seen.Delivery(0, 900_000));
        selector.Update(Seen.Live(0.4), TimeSpan.Zero);
        selector.Update(Seen.Live(0.4), TimeSpan.FromSeconds(0.1));
        var before = selector.Placeholder;
        selector.Update(Seen.Live(0.4), TimeSpan.FromSeconds(0.2));
        Assert.Equal(before + 0.1, selector.Placeholder, 1e-9);
        selector.Update(Seen.Live(0.4, link: Seen.Busy(900_000)), TimeSpan.FromSeconds(0.3));
        Assert.Equal(before + 0.1, selector.Placeholder, 1e-9);

        selector.Update(Seen.Live(0, state: PlayoutState.Stalled), TimeSpan.FromSeconds(0.4));
        Assert.Equal(0, selector.Placeholder);
        Assert.Equal(0, selector.Rung);
    }

    [Fact]
    public void WhatDoesNotComeWithinHalfOfWhatIsLeftIsNotTaken()
    {
        // The placeholder makes for the top; half of 3 Mbit/s x 1 s is for rung 2.
        var selector = Started(3e6, buffer: 7.5);
        Assert.Equal(5, selector.Rung);
        selector.Update(Seen.Ahead(1, sent: 5), TimeSpan.FromSeconds(30));
        Assert.Equal(2, selector.Rung);
    }

    [Fact]
    public void TheOscillationVariantGoesNoHigherThanTheThroughputAndKeepsWhatItHas()
    {
        var selector = Started(3e6, buffer: 7.5, new BolaOptions { AvoidsOscillation = true });
        Assert.Equal(3, selector.Rung);
        selector.Update(Seen.Ahead(7.5, sent: 4), TimeSpan.FromSeconds(40));
        Assert.Equal(4, selector.Rung);
    }

    private static BolaSelector Started(double throughput, double buffer, BolaOptions? options = null)
    {
        var selector = new BolaSelector(options ?? new BolaOptions(), 0);
        selector.OnDelivered(Seen.Delivery(0, throughput));
        var link = Seen.Busy(throughput);
        selector.Update(Seen.Ahead(buffer, sent: 0, link), TimeSpan.Zero);
        // What the placeholder holds after the start goes when there was a stall.
        selector.Update(Seen.Ahead(0, sent: 0, link, PlayoutState.Stalled), TimeSpan.FromSeconds(0.1));
        selector.Update(Seen.Ahead(buffer, sent: 0, link), TimeSpan.FromSeconds(0.2));
        return selector;
    }
}

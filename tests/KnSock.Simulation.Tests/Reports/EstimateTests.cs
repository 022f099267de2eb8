using KnSock.Simulation.Reports;

namespace KnSock.Simulation.Tests.Reports;

public sealed class EstimateTests
{
    [Fact]
    public void TheSameValuesGiveTheSameInterval() => Assert.Equal(Estimate.Of(Values(seed: 1, 20)), Estimate.Of(Values(seed: 1, 20)));

    [Fact]
    public void OneValueIsItsOwnIntervalAndEqualOnesHaveNoWidth()
    {
        Assert.Equal(new Estimate(-0.3, -0.3, -0.3), Estimate.Of([-0.3]));
        Assert.Equal(new Estimate(2, 2, 2), Estimate.Of([2, 2, 2, 2]));
    }

    [Fact]
    public void AnIntervalHoldsTheMeanAndLiesWithinTheValues()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var values = Values(seed, 2 + (seed % 30));
            var estimate = Estimate.Of(values);
            Assert.True(estimate.Low <= estimate.Mean && estimate.Mean <= estimate.High, $"{estimate}, seed {seed}");
            Assert.True(values.Min() <= estimate.Low + 1e-12 && estimate.High - 1e-12 <= values.Max(), $"{estimate}, seed {seed}");
        }
    }

    [Fact]
    public void AnIntervalNarrowsWithTheRootOfTheNumberOfValues()
    {
        static double Width(int count)
        {
            var estimate = Estimate.Of(Values(seed: 7, count));
            return estimate.High - estimate.Low;
        }

        Assert.InRange(Width(25) / Width(400), 3, 5.3);
    }

    [Fact]
    public void TheTrueMeanLiesWithinAboutNineteenOfTwentyIntervals()
    {
        var held = Enumerable.Range(0, 400).Count(seed => Estimate.Of(Values(seed, 30)) is { Low: < 0.5, High: > 0.5 });
        Assert.InRange(held / 400.0, 0.9, 0.98);
    }

    /// <summary>Parts are drawn as values of traces are, and a part of which there is nothing else is its own interval.</summary>
    [Fact]
    public void PartsOfOneTraceGiveAnInterval()
    {
        var values = Values(seed: 3, 12);
        var estimate = Estimate.Of(values.Average(), 12, drawn => drawn.Average(i => values[i]));

        Assert.Equal(Estimate.Of(values), estimate);
        Assert.InRange(estimate.High - estimate.Low, 0.2, 0.5);
        Assert.Equal(new Estimate(3, 3, 3), Estimate.Of(3, 1, _ => throw new InvalidOperationException()));
    }

    [Fact]
    public void WhatIsNoNumberGivesNone() => Assert.Equal(new Estimate(double.NaN, double.NaN, double.NaN), Estimate.Of([1, double.NaN, 2]));

    [Fact]
    public void AnEstimateIsBeyondZeroIfAllOfItIs()
    {
        Assert.True(new Estimate(1, 0.1, 2).IsAboveZero);
        Assert.True(new Estimate(-1, -2, -0.1).IsBelowZero);
        Assert.False(new Estimate(1, 0, 2).IsAboveZero);
        Assert.False(new Estimate(-1, -2, 0).IsBelowZero);
    }

    /// <summary>Evenly from 0 to 1.</summary>
    private static double[] Values(int seed, int count)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextDouble())];
    }
}

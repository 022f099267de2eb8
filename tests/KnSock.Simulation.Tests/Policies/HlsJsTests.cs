using KnSock.Simulation.Policies;

namespace KnSock.Simulation.Tests.Policies;

public sealed class HlsJsTests
{
    [Fact]
    public void TheAveragesAreThoseWorkedOutByHand()
    {
        var ewma = new DualEwma(3, 9, 500_000);
        Assert.Equal(500_000, ewma.BitsPerSecond);

        // The first value is the average, whatever its weight.
        ewma.Add(1_000_000, 1.5);
        Assert.Equal(1_000_000, ewma.Fast, 1e-3);
        Assert.Equal(1_000_000, ewma.Slow, 1e-3);

        // After 3 s more at 4 Mbit/s. Fast: keep 2^-1 of 1e6 (1 - 2^-0.5) + 4e6 (1 - 2^-1), over 1 - 2^-1.5.
        ewma.Add(4_000_000, 3);
        var fast = ((0.5 * 1e6 * (1 - Math.Sqrt(0.5))) + (4e6 * 0.5)) / (1 - Math.Pow(0.5, 1.5));
        var keep = Math.Pow(0.5, 1.0 / 3);
        var slow = ((keep * 1e6 * (1 - Math.Pow(0.5, 1.0 / 6))) + (4e6 * (1 - keep))) / (1 - Math.Pow(0.5, 0.5));
        Assert.Equal(fast, ewma.Fast, 1e-3);
        Assert.Equal(slow, ewma.Slow, 1e-3);
        Assert.Equal(3_320_377, fast, 1.0);
        Assert.Equal(slow, ewma.BitsPerSecond, 1e-3);

        // When it falls, the faster one is the lower.
        ewma.Add(200_000, 4);
        Assert.Equal(ewma.Fast, ewma.BitsPerSecond);
        Assert.True(ewma.Fast < ewma.Slow);
    }

    [Fact]
    public void WhatTookLessThan50MsIsTakenToHaveTakenThatLong()
    {
        var ewma = new DualEwma(3, 9, 500_000);
        ewma.Add(100_000_000, 0.01);
        Assert.Equal(20_000_000, ewma.BitsPerSecond, 1e-3);
    }

    [Theory]
    [InlineData(2, 1_480_000, 2)]
    [InlineData(2, 1_460_000, 1)]
    [InlineData(1, 1_990_000, 1)]
    [InlineData(1, 2_010_000, 2)]
    public void TheRungThereIsMayNeed95PercentAndAHigherOne70(int present, double throughput, int expected)
    {
        var selector = new HlsJsSelector(new HlsJsOptions(), present);
        selector.OnDelivered(Seen.Delivery(present, throughput));
        selector.Update(Seen.Ahead(5, sent: present), TimeSpan.Zero);
        Assert.Equal(expected, selector.Rung);
    }

    [Fact]
    public void ARungWhoseSegmentWouldComeAfterTheBufferIsDryIsNotTaken()
    {
        // 0.95 x 3 Mbit/s carry rung 3 in 0.98 s and rung 2 in 0.49 s.
        var selector = new HlsJsSelector(new HlsJsOptions(), 3);
        selector.OnDelivered(Seen.Delivery(3, 3_000_000));
        selector.Update(Seen.Ahead(0.6, sent: 3), TimeSpan.Zero);
        Assert.Equal(2, selector.Rung);

        // With nothing left it is at most the length of a segment that may be missing.
        var empty = new HlsJsSelector(new HlsJsOptions(), 3);
        empty.OnDelivered(Seen.Delivery(3, 3_000_000));
        empty.Update(Seen.Ahead(0, sent: 3), TimeSpan.Zero);
        Assert.Equal(3, empty.Rung);
    }

    [Fact]
    public void AtTheLiveEdgeTheBufferIsNotAskedFor()
    {
        var selector = new HlsJsSelector(new HlsJsOptions(), 3);
        selector.OnDelivered(Seen.Delivery(3, 20_000_000));
        selector.Update(Seen.Live(0.05, sent: 3), TimeSpan.Zero);
        Assert.Equal(5, selector.Rung);
    }

    [Fact]
    public void ASegmentThatComesTooLateIsGivenUpAndCountsAsAMeasurement()
    {
        var selector = new HlsJsSelector(new HlsJsOptions(), 4);
        selector.OnDelivered(Seen.Delivery(4, 8_000_000));
        selector.Update(Seen.Ahead(3, sent: 4), TimeSpan.Zero);
        Assert.Equal(4, selector.Rung);

        // Rung 4 needs 5 s at 1 Mbit/s; of 1.2 s left, rung 1 needs 0.7 / 0.8.
        var slow = Seen.Ahead(1.2, sent: 4, Seen.Busy(1_000_000, 0.6));
        Assert.Null(selector.Update(slow with { Link = Seen.Busy(1_000_000, 0.4) }, TimeSpan.FromSeconds(0.4)));
        var decision = selector.Update(slow, TimeSpan.FromSeconds(0.6));
        Assert.Equal(1, decision?.Rung);

        // The part that came is remembered.
        selector.Update(Seen.Ahead(3, sent: 1), TimeSpan.FromSeconds(2));
        Assert.True(selector.Rung < 4);
    }
}

using KnSock.Simulation.Policies;

namespace KnSock.Simulation.Tests.Policies;

public sealed class DynamicTests
{
    [Fact]
    public void BelowTheThresholdItGoesByNineTenthsOfTheMeanThroughput()
    {
        var selector = new DynamicSelector(new DynamicOptions(), 0);
        selector.OnDelivered(Seen.Delivery(0, 2_000_000));
        selector.OnDelivered(Seen.Delivery(0, 4_000_000));
        Assert.Equal(2, selector.Update(Seen.Ahead(3, link: Seen.Busy(3e6, 0.1)), TimeSpan.Zero)?.Rung);
        Assert.False(selector.UsesBola);

        selector.OnDelivered(Seen.Delivery(0, 4_000_000));
        selector.Update(Seen.Ahead(3, sent: 2, link: Seen.Busy(3e6, 0.1)), TimeSpan.FromSeconds(1));
        Assert.Equal(3, selector.Rung);
    }

    [Fact]
    public void ItGoesOverToBolaAboveTheThresholdAndBackBelowOnlyWhenBolaSendsLess()
    {
        var selector = new DynamicSelector(new DynamicOptions(), 0);
        var link = Seen.Busy(3_300_000, 0.1);
        selector.OnDelivered(Seen.Delivery(0, 3_300_000));
        selector.Update(Seen.Ahead(2.5, link: link), TimeSpan.Zero);
        Assert.False(selector.UsesBola);

        selector.Update(Seen.Ahead(5, sent: 3, link: link), TimeSpan.FromSeconds(1));
        Assert.True(selector.UsesBola);

        // Just below the threshold the placeholder still holds BOLA at what the throughput is good for.
        selector.Update(Seen.Ahead(3.5, sent: 3, link: link), TimeSpan.FromSeconds(2));
        var isHigh = selector.Rung >= 3;
        Assert.Equal(isHigh, selector.UsesBola);

        // A little buffer: BOLA sends less than the throughput allows.
        selector.OnDelivered(Seen.Delivery(3, 20_000_000));
        selector.OnDelivered(Seen.Delivery(3, 20_000_000));
        selector.OnDelivered(Seen.Delivery(3, 20_000_000));
        selector.Update(Seen.Ahead(1, sent: 3, link: link), TimeSpan.FromSeconds(3));
        Assert.False(selector.UsesBola);
    }

    [Fact]
    public void AGopThatTakesFarTooLongIsGivenUpForARungThatTheLinkCarries()
    {
        var selector = new DynamicSelector(new DynamicOptions { Bola = new() { InsufficientBufferFactor = 10 } }, 4);
        selector.OnDelivered(Seen.Delivery(4, 8_000_000));
        selector.Update(Seen.Ahead(3, sent: 4, link: Seen.Busy(8e6, 0.1)), TimeSpan.Zero);
        Assert.Equal(4, selector.Rung);

        Assert.Null(selector.Update(Seen.Ahead(2.5, sent: 4, link: Seen.Busy(1e6, 0.4)), TimeSpan.FromSeconds(0.4)));
        var decision = selector.Update(Seen.Ahead(2.5, sent: 4, link: Seen.Busy(1e6, 0.5)), TimeSpan.FromSeconds(0.5));
        Assert.Equal(1, decision?.Rung);
        Assert.Contains("too long", decision?.Reason, StringComparison.Ordinal);
    }
}

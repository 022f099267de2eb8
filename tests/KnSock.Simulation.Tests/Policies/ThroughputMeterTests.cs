using KnSock.Simulation.Policies;

namespace KnSock.Simulation.Tests.Policies;

public sealed class ThroughputMeterTests
{
    [Fact]
    public void AGopThatCameAsFastAsItCouldIsAMeasurement()
    {
        var sample = Only(ThroughputView.Bursts, Seen.Delivery(2, 4e6), Seen.Ahead(3));
        Assert.Equal(4e6, sample.BitsPerSecond, 1e4);
        Assert.Equal(0.35, sample.Seconds, 0.001);
        Assert.False(sample.IsAtLeast);
    }

    [Fact]
    public void AGopThatCameAsItCameIntoBeingSaysAtLeast()
    {
        var sample = Only(ThroughputView.Bursts, Seen.Delivery(2, Seen.Rates[2]), Seen.Live(0.4));
        Assert.True(sample.IsAtLeast);
        Assert.Equal(Seen.Rates[2], sample.BitsPerSecond, 1e4);

        // What waits in between shows what the link carries.
        sample = Only(ThroughputView.Bursts, Seen.Delivery(2, Seen.Rates[2]), Seen.Live(0.4, link: Seen.Busy(6e6, 0.2)));
        Assert.Equal((6e6, false), (sample.BitsPerSecond, sample.IsAtLeast));
    }

    [Fact]
    public void TheKeyframeOfAGopThatCameAsItCameIntoBeingShowsWhatTheLinkCarries()
    {
        var delivery = Seen.Delivery(2, Seen.Rates[2]) with { Keyframe = new Burst(25_000, TimeSpan.FromSeconds(0.02)) };
        var sample = Only(ThroughputView.Bursts, delivery, Seen.Live(0.4));
        Assert.Equal((10e6, false), (sample.BitsPerSecond, sample.IsAtLeast));
        Assert.Equal(1, sample.Seconds, 0.001);

        // Bytes that wait say it better, and who measures downloads does not look.
        Assert.Equal(6e6, Only(ThroughputView.Bursts, delivery, Seen.Live(0.4, link: Seen.Busy(6e6, 0.2))).BitsPerSecond);
        Assert.Equal(Seen.Rates[2], Only(ThroughputView.Deliveries, delivery, Seen.Live(0.4)).BitsPerSecond, 1e4);
    }

    [Fact]
    public void AGopThatTookLongerThanItPlaysIsAMeasurementAtTheLiveEdge()
    {
        var sample = Only(ThroughputView.Bursts, Seen.Delivery(2, Seen.Rates[2] * 0.7), Seen.Live(0.1));
        Assert.False(sample.IsAtLeast);
        Assert.Equal(Seen.Rates[2] * 0.7, sample.BitsPerSecond, 1e4);
    }

    [Fact]
    public void WithReadAheadAGopThatWaitedForRoomSaysAtLeast() =>
        Assert.True(Only(ThroughputView.Bursts, Seen.Delivery(2, Seen.Rates[2]), Seen.Ahead(7.5)).IsAtLeast);

    [Fact]
    public void APlayerThatMeasuresDownloadsTakesWhatItSees() =>
        Assert.False(Only(ThroughputView.Deliveries, Seen.Delivery(2, Seen.Rates[2]), Seen.Live(0.4)).IsAtLeast);

    [Fact]
    public void WhenNothingComesWhatGetsThroughIsMeasuredOnceASecond()
    {
        var meter = new ThroughputMeter(ThroughputView.Bursts);
        var stuck = Seen.Live(0, link: Seen.Busy(100_000, 5));
        var samples = Enumerable.Range(0, 31).Sum(tenth => meter.Take(stuck, TimeSpan.FromSeconds(tenth / 10.0)).Count);
        Assert.Equal(3, samples);
        Assert.Empty(new ThroughputMeter(ThroughputView.Deliveries).Take(stuck, TimeSpan.FromSeconds(5)));
    }

    private static ThroughputSample Only(ThroughputView view, GopDelivery delivery, KnSock.Server.Adaptation.SelectorInput input)
    {
        var meter = new ThroughputMeter(view);
        meter.Add(delivery);
        return Assert.Single(meter.Take(input, TimeSpan.FromSeconds(10)));
    }
}

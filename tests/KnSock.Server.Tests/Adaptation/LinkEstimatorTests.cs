using KnSock.Server.Adaptation;

namespace KnSock.Server.Tests.Adaptation;

public sealed class LinkEstimatorTests
{
    private readonly LinkEstimator _link = new();
    private TimeSpan _now;
    private long _bytes;

    [Fact]
    public void NothingIsKnownAtFirst()
    {
        Assert.Equal((null, false, TimeSpan.Zero), (_link.Estimate.BitsPerSecond, _link.Estimate.IsCapacity, _link.Estimate.Busy));
        Step(0, backlogged: true);
        Assert.Null(_link.Estimate.BitsPerSecond);
    }

    [Fact]
    public void WhatTheApplicationOfferedIsNeverTakenForCapacity()
    {
        for (var i = 0; i < 600; i++)
        {
            Step(300_000, backlogged: false);
            Assert.False(_link.Estimate.IsCapacity);
        }

        Assert.Equal(300_000, _link.Estimate.BitsPerSecond!.Value, 1);
    }

    [Fact]
    public void ABacklogSeenOnceNowAndThenIsNoCapacityEither()
    {
        for (var i = 0; i < 600; i++)
        {
            Step(300_000, backlogged: i % 7 == 0);
            Assert.False(_link.Estimate.IsCapacity);
        }
    }

    [Fact]
    public void DeliveryWhileBytesWaitIsCapacity()
    {
        for (var i = 0; i < 10; i++)
        {
            Step(2_000_000, backlogged: true);
        }

        Assert.True(_link.Estimate.IsCapacity);
        Assert.Equal(2_000_000, _link.Estimate.BitsPerSecond!.Value, 1);
        Assert.Equal(0.9, _link.Estimate.Busy.TotalSeconds, 6);
        Step(2_000_000, backlogged: false);
        Assert.Equal(TimeSpan.Zero, _link.Estimate.Busy);
    }

    /// <summary>Twenty seconds of a link that stays the same, and of one that carries now half, now twice as much.</summary>
    [Fact]
    public void HowSteadyALinkIsShowsWhileBytesWait()
    {
        var unknown = _link.Estimate.Deviation ?? 0.3;
        Step(2_000_000, backlogged: false);
        Assert.Equal(unknown, _link.Estimate.Deviation!.Value, 9);
        Run(2_000_000, 2_000_000, backlogged: false);
        Assert.Equal(unknown, _link.Estimate.Deviation!.Value, 9);

        Run(2_000_000, 2_000_000, backlogged: true);
        Assert.InRange(_link.Estimate.Deviation!.Value, 0, 0.12);

        Run(1_000_000, 4_000_000, backlogged: true);
        Assert.InRange(_link.Estimate.Deviation!.Value, 0.3, 0.7);

        void Run(double first, double second, bool backlogged)
        {
            for (var i = 0; i < 200; i++)
            {
                Step(i / 30 % 2 == 0 ? first : second, backlogged);
            }
        }
    }

    [Fact]
    public void BytesThatWaitedAtBothEndsOfALongTimeNeedNotHaveWaitedInBetween()
    {
        Step(4_000_000, backlogged: true);
        _bytes += 4_000_000 / 8;
        _link.Add(new LinkSample(_bytes, IsBacklogged: true), _now + TimeSpan.FromSeconds(1));

        Assert.False(_link.Estimate.IsCapacity);
    }

    [Fact]
    public void WhatIsUsualCountsTheTimesWhenNothingWaited()
    {
        for (var i = 0; i < 100; i++)
        {
            Step(5_000_000, backlogged: false);
        }

        for (var i = 0; i < 10; i++)
        {
            Step(500_000, backlogged: true);
        }

        Assert.True(_link.Estimate.IsCapacity);
        Assert.InRange(_link.Estimate.Usual!.Value, 4_000_000, 5_000_000);
    }

    [Fact]
    public void WhatCameThroughInAMomentIsNoRate()
    {
        Step(800_000, backlogged: false);
        _link.Add(new LinkSample(_bytes += 16_384, IsBacklogged: false), _now += TimeSpan.FromMilliseconds(2));
        Assert.Null(_link.Estimate.BitsPerSecond);

        _now += TimeSpan.FromMilliseconds(98 - 100);
        Step(800_000, backlogged: false);
        Assert.InRange(_link.Estimate.BitsPerSecond!.Value, 800_000, 2_200_000);
    }

    [Fact]
    public void WhatABucketLetsThroughAtOnceDoesNotCount()
    {
        _link.Burst = 16_384;
        Step(0, backlogged: false);
        _bytes += 16_384;
        Step(1_000_000, backlogged: false);

        Assert.Equal(1_000_000, _link.Estimate.BitsPerSecond!.Value, 1);
    }

    [Fact]
    public void AFallOfTheLinkShowsWithinASecondAndAHalf()
    {
        Run(30, 20_000_000, backlogged: true);
        Run(16, 1_000_000, backlogged: true);

        Assert.InRange(_link.Estimate.BitsPerSecond!.Value, 900_000, 1_100_000);
    }

    [Fact]
    public void WhatWasLongAgoIsForgotten()
    {
        Run(30, 20_000_000, backlogged: true);
        Run(50, 200_000, backlogged: false);

        Assert.False(_link.Estimate.IsCapacity);
        Assert.Equal(200_000, _link.Estimate.BitsPerSecond!.Value, 1);
    }

    [Fact]
    public void TheHighestRateOfferedCountsForAWhile()
    {
        Run(1, 200_000, backlogged: false);
        Run(1, 4_000_000, backlogged: false);
        Run(20, 200_000, backlogged: false);

        Assert.Equal(4_000_000, _link.Estimate.BitsPerSecond!.Value, 1);
        Assert.False(_link.Estimate.IsCapacity);
    }

    [Fact]
    public void TwoSamplesAtOneMomentDoNoHarm()
    {
        Run(10, 1_000_000, backlogged: true);
        _link.Add(new LinkSample(_bytes + 1_000_000, IsBacklogged: true), _now);

        Assert.True(double.IsFinite(_link.Estimate.BitsPerSecond!.Value));
        Assert.InRange(_link.Estimate.BitsPerSecond!.Value, 900_000, 1_100_000);
    }

    [Fact]
    public void WhatItIsLikelyToCarryIsWhatItShowedBeforeWhileLittleIsOffered()
    {
        Assert.Null(_link.Estimate.Likely);
        Run(20, 5_000_000, backlogged: true);
        Assert.Equal(_link.Estimate.BitsPerSecond, _link.Estimate.Likely);
        Run(60, 300_000, backlogged: false);
        Assert.True(_link.Estimate.Likely > 2_000_000, $"{_link.Estimate}");
    }

    /// <summary>What a link carried before it died says nothing of it, and what it did not carry then says nothing of it afterwards.</summary>
    [Fact]
    public void ALinkThatCarriesNothingIsDeadAndNotSlow()
    {
        Run(30, 4_000_000, backlogged: true);
        Assert.Equal(TimeSpan.Zero, _link.Estimate.Dead);

        Run(5, 0, backlogged: true);
        Assert.Equal((0.0, true, 0.5), (_link.Estimate.BitsPerSecond, _link.Estimate.IsCapacity, Math.Round(_link.Estimate.Dead.TotalSeconds, 3)));

        Run(1, 4_000_000, backlogged: true);
        Assert.True(_link.Estimate.BitsPerSecond == 0 && _link.Estimate.IsCapacity, "that is too little to go by");

        Run(2, 4_000_000, backlogged: true);
        Assert.Equal((4_000_000, TimeSpan.Zero), (Math.Round(_link.Estimate.BitsPerSecond!.Value), _link.Estimate.Dead));
    }

    [Fact]
    public void ALinkThatCarriesLittleIsNotDead()
    {
        Run(30, 4_000_000, backlogged: true);
        Run(20, 400_000, backlogged: true);

        Assert.Equal(TimeSpan.Zero, _link.Estimate.Dead);
        Assert.Equal(400_000, _link.Estimate.BitsPerSecond!.Value, 1);
    }

    [Fact]
    public void ASlowLinkThatIsAcknowledgedInLumpsIsNotDead()
    {
        for (var i = 0; i < 30; i++)
        {
            Run(2, 0, backlogged: true);
            Assert.Equal(TimeSpan.Zero, _link.Estimate.Dead);
            Run(1, 640_000, backlogged: true);
        }

        Assert.InRange(_link.Estimate.BitsPerSecond!.Value, 170_000, 260_000);
    }

    /// <summary>Nothing that waits: nothing that could come through.</summary>
    [Fact]
    public void ALinkThatHasNothingToCarryIsNotDead()
    {
        Run(30, 4_000_000, backlogged: true);
        Run(20, 0, backlogged: false);

        Assert.Equal(TimeSpan.Zero, _link.Estimate.Dead);
    }

    /// <summary>It was looked at so rarely that it is over by the next look: the nothing before says nothing of what it carries now.</summary>
    [Fact]
    public void ADeadTimeWhoseEndWasNotSeenIsOver()
    {
        Run(30, 4_000_000, backlogged: true);
        Run(6, 0, backlogged: true);
        Step(3_000_000, backlogged: false, seconds: 1);

        Assert.Equal((3_000_000, false, TimeSpan.Zero), (_link.Estimate.BitsPerSecond, _link.Estimate.IsCapacity, _link.Estimate.Dead));
    }

    /// <summary>The same bytes wait, so they waited in between.</summary>
    [Fact]
    public void ALinkThatIsLookedAtRarelyIsSeenToBeDead()
    {
        Run(30, 4_000_000, backlogged: true);
        Step(0, backlogged: true, seconds: 0.4);
        Step(0, backlogged: true, seconds: 0.4);

        Assert.Equal(0.8, _link.Estimate.Dead.TotalSeconds, 6);
    }

    /// <summary>What an unsteady one carries for some seconds is most often gone again soon.</summary>
    [Theory]
    [InlineData(800_000, 800_000, 2_400_000, 4_000_000)]
    [InlineData(400_000, 1_200_000, 900_000, 1_900_000)]
    public void ASteadyLinkThatCarriesMoreIsSoonTakenToHaveChanged(double first, double second, double least, double most)
    {
        for (var i = 0; i < 40; i++)
        {
            Run(15, i % 2 == 0 ? first : second, backlogged: true);
        }

        Run(60, 4_000_000, backlogged: false);

        Assert.InRange(_link.Estimate.Usual!.Value, least, most);
    }

    /// <summary>The memory is the shorter one only for what is more.</summary>
    [Fact]
    public void ASteadyLinkThatCarriesLessIsTakenToComeBack()
    {
        Run(600, 4_000_000, backlogged: true);
        Run(60, 800_000, backlogged: true);

        Assert.InRange(_link.Estimate.Usual!.Value, 2_800_000, 4_000_000);
    }

    [Fact]
    public void ALongTimeWithoutAnythingIsOneTimeAndALongOne()
    {
        Run(30, 4_000_000, backlogged: true);
        Run(120, 0, backlogged: true);

        Assert.Equal(12, _link.Estimate.Dead.TotalSeconds, 6);
        Assert.Equal((4.5 + 12) / 3, _link.Estimate.MeanDead!.Value.TotalSeconds, 6);

        Run(10, 4_000_000, backlogged: true);
        Assert.Equal((4.5 + 12.1) / 4, _link.Estimate.MeanDead!.Value.TotalSeconds, 0.2);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(500_000)]
    public void HowSoonALinkComesBackIsLearned(double low)
    {
        var (quick, slow) = (new LinkEstimatorTests(), new LinkEstimatorTests());
        for (var i = 0; i < 8; i++)
        {
            quick.Run(60, 4_000_000, backlogged: true);
            quick.Run(low == 0 ? 8 : 20, low, backlogged: true);
            slow.Run(60, 4_000_000, backlogged: true);
            slow.Run(80, low, backlogged: true);
        }

        var (soon, late) = low == 0 ? (quick._link.Estimate.MeanDead, slow._link.Estimate.MeanDead) : (quick._link.Estimate.MeanDip, slow._link.Estimate.MeanDip);
        Assert.InRange(soon!.Value.TotalSeconds, 0.3, low == 0 ? 1.3 : 3.5);
        Assert.InRange(late!.Value.TotalSeconds, 4, 10);
    }

    private void Run(int steps, double bitsPerSecond, bool backlogged)
    {
        for (var i = 0; i < steps; i++)
        {
            Step(bitsPerSecond, backlogged);
        }
    }

    private void Step(double bitsPerSecond, bool backlogged, double seconds = 0.1)
    {
        _now += TimeSpan.FromSeconds(seconds);
        _bytes += (long)(bitsPerSecond / 8 * seconds);
        _link.Add(new LinkSample(_bytes, backlogged), _now);
    }
}

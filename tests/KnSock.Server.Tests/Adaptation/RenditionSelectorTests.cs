using KnSock.Protocol.Messages;
using KnSock.Server.Adaptation;

namespace KnSock.Server.Tests.Adaptation;

public sealed class RenditionSelectorTests
{
    private static readonly double[] Rates = [300_000, 800_000, 1_500_000, 3_000_000];
    private static readonly TimeSpan MaxBuffer = TimeSpan.FromSeconds(8);
    private TimeSpan _now;

    [Fact]
    public void AnOverloadTakesItDownAtOnceToARungThatFits()
    {
        var selector = New(3);

        var decision = Update(selector, Busy(1_800_000), buffer: 7);

        Assert.NotNull(decision);
        Assert.Equal((2, 3), (decision.Rung, decision.Previous));
        Assert.Contains("1800 kbit/s", decision.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(900_000, 0)]
    [InlineData(950_000, 1)]
    [InlineData(2_900_000, 2)]
    public void ItFallsAsFarAsItMust(double capacity, int rung) => Assert.Equal(rung, Update(New(3), Busy(capacity), buffer: 7)!.Rung);

    [Fact]
    public void ARungThatIsNotOfferedAnyMoreIsLeftAtOnceAndNotTakenAgain()
    {
        var selector = New(3);

        var decision = Update(selector, Idle(9_000_000), buffer: 7, highest: 1);

        Assert.Equal((1, 3), (decision!.Rung, decision.Previous));
        Assert.Contains("the machine is too slow", decision.Reason, StringComparison.Ordinal);
        _now += TimeSpan.FromMinutes(1);
        Assert.Null(Update(selector, Idle(9_000_000), buffer: 7, highest: 1, sent: 1));
        Assert.Equal(3, Update(selector, Idle(9_000_000), buffer: 7, sent: 1)!.Rung);
    }

    [Fact]
    public void ABusyLinkThatCarriesTheRungKeepsIt() => Assert.Null(Update(New(3), Busy(3_100_000), buffer: 7));

    [Fact]
    public void AMomentOfBacklogSaysNothing() => Assert.Null(Update(New(3), new LinkEstimate(100_000, IsCapacity: true, TimeSpan.FromMilliseconds(150)), buffer: 7));

    [Fact]
    public void WhatWasOnlyOfferedTakesNobodyDown() =>
        Assert.Null(Update(New(3), new LinkEstimate(100_000, IsCapacity: false, TimeSpan.FromSeconds(2)), buffer: 7));

    [Fact]
    public void ALowBufferOnABusyLinkTakesItDown()
    {
        var selector = New(3);
        Update(selector, Idle(null), buffer: 7);
        _now += TimeSpan.FromSeconds(1);

        var decision = Update(selector, new LinkEstimate(3_200_000, IsCapacity: true, TimeSpan.FromSeconds(1)), buffer: 1);

        Assert.Equal(2, decision!.Rung);
        Assert.Contains("buffer is down to 1.0 s", decision.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void APausedViewerStaysWhereItIs()
    {
        Assert.Null(Update(New(3), Busy(1), buffer: 7, PlayoutState.Paused));
        Assert.Null(Update(New(0), Idle(1e9), buffer: 7, PlayoutState.Paused));
    }

    [Fact]
    public void ItGoesUpAfterAQuietTimeWithASafeBuffer()
    {
        var selector = New(0);
        Assert.Null(Update(selector, Idle(5_000_000), buffer: 7));
        _now += TimeSpan.FromMilliseconds(400);
        Assert.Null(Update(selector, Idle(5_000_000), buffer: 7));
        _now += TimeSpan.FromMilliseconds(100);
        Assert.Null(Update(selector, Idle(5_000_000), buffer: 3));
        Assert.Null(Update(selector, Idle(null), buffer: 7));
        Assert.Null(Update(selector, Idle(1_000_000), buffer: 7));

        var decision = Update(selector, Idle(2_100_000), buffer: 7);

        Assert.Equal(2, decision!.Rung);
        Assert.Contains("at least 2100 kbit/s", decision.Reason, StringComparison.Ordinal);
        _now += TimeSpan.FromSeconds(1.9);
        Assert.Null(Update(selector, Idle(9_000_000), buffer: 7));
        _now += TimeSpan.FromSeconds(0.2);
        Assert.Equal(3, Update(selector, Idle(9_000_000), buffer: 7)!.Rung);
        _now += TimeSpan.FromSeconds(60);
        Assert.Null(Update(selector, Idle(1e12), buffer: 7));
    }

    [Fact]
    public void StepsThatHadToBeTakenBackAreTriedAgainEverLater()
    {
        var selector = New(2);
        var waits = new List<double>();
        Update(selector, Idle(null), buffer: 7);
        _now += TimeSpan.FromSeconds(10);
        Assert.Equal(3, Update(selector, Idle(9_000_000), buffer: 7)!.Rung);
        for (var i = 0; i < 6; i++)
        {
            _now += TimeSpan.FromSeconds(2);
            Assert.Equal(2, Update(selector, Busy(2_000_000), buffer: 6)!.Rung);
            var fell = _now;
            while (Update(selector, Idle(9_000_000), buffer: 7) is null)
            {
                _now += TimeSpan.FromMilliseconds(100);
            }

            waits.Add((_now - fell).TotalSeconds);
        }

        Assert.Equal([4, 8, 16, 30, 30, 30], waits.Select(w => Math.Round(w)));
        // A step that lasted ends the punishment.
        _now += TimeSpan.FromSeconds(60);
        Update(selector, Busy(2_000_000), buffer: 6);
        _now += TimeSpan.FromSeconds(2.1);
        Assert.Equal(3, Update(selector, Idle(9_000_000), buffer: 7)!.Rung);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void WhateverComesTheRungIsOneOfTheLadderAndEachChangeHasAReason(int seed)
    {
        var random = new Random(seed);
        for (var ladder = 1; ladder <= Rates.Length; ladder++)
        {
            var rates = Rates[..ladder];
            var selector = new RenditionSelector(new RenditionSelectorOptions(), random.Next(ladder));
            for (var i = 0; i < 5000; i++)
            {
                _now += TimeSpan.FromMilliseconds(random.Next(0, 500));
                var before = selector.Rung;
                var input = new SelectorInput
                {
                    State = (PlayoutState)random.Next(4),
                    Sent = random.Next(2) == 0 ? selector.Rung : random.Next(ladder),
                    Buffer = TimeSpan.FromSeconds(random.NextDouble() * 9),
                    MaxBuffer = MaxBuffer,
                    Link = new LinkEstimate(random.Next(4) == 0 ? null : Math.Pow(10, random.NextDouble() * 9), random.Next(2) == 0, TimeSpan.FromSeconds(random.NextDouble())),
                    Rates = rates,
                };
                var decision = selector.Update(input, _now);

                Assert.InRange(selector.Rung, 0, ladder - 1);
                Assert.Equal(decision is not null, before != selector.Rung);
                Assert.True(decision is null || (decision.Reason.Length > 10 && decision.Rung == selector.Rung && decision.Previous == before), $"seed {seed}");
            }
        }
    }

    [Fact]
    public void NoStepUpAndNoSecondStepDownOnFirstLossesBeforeAStepIsCarriedOut()
    {
        var selector = New(3);
        Assert.NotNull(Update(selector, Busy(1_050_000), buffer: 7));
        Assert.Equal(1, selector.Rung);

        _now += TimeSpan.FromSeconds(0.3);
        Assert.Null(Update(selector, Busy(750_000), buffer: 6.5, sent: 3));
        _now += TimeSpan.FromSeconds(3);
        Assert.Null(Update(selector, Idle(20_000_000), buffer: 7, sent: 3));
        Assert.NotNull(Update(selector, Busy(500_000), buffer: 6, sent: 3));
    }

    private static RenditionSelector New(int rung) => new(new RenditionSelectorOptions(), rung);

    private static LinkEstimate Busy(double capacity) => new(capacity, IsCapacity: true, TimeSpan.FromMilliseconds(300));

    private static LinkEstimate Idle(double? offered) => new(offered, IsCapacity: false, TimeSpan.Zero);

    private Decision? Update(RenditionSelector selector, LinkEstimate link, double buffer, PlayoutState state = PlayoutState.Playing, int? sent = null, int highest = 3) => selector.Update(
        new SelectorInput { Withdrawn = [.. Enumerable.Range(0, 4).Select(rung => rung > highest ? "the machine is too slow" : null)], State = state, Sent = sent ?? selector.Rung, Buffer = TimeSpan.FromSeconds(buffer), MaxBuffer = MaxBuffer, Link = link, Rates = Rates }, _now);
}

using KnSock.Server.Adaptation;

namespace KnSock.Server.Tests.Adaptation;

public sealed class RenditionSelectorTests
{
    private static readonly RenditionSelectorOptions Options = new();

    [Theory]
    [InlineData(50_000_000, 4)]
    [InlineData(4_000_000, 3)]
    [InlineData(500_000, 0)]
    [InlineData(1, 0)]
    public void WithPlentyAheadItTakesWhatTheLinkCarries(double capacity, int rung)
    {
        var selector = new RenditionSelector(Options, 2);
        for (var i = 0; i < 3; i++)
        {
            selector.Update(Seen.Viewer(selector.Rung, capacity, lead: 5), TimeSpan.FromSeconds(i));
        }

        Assert.Equal(rung, selector.Rung);
    }

    [Fact]
    public void ItStaysWhileNothingIsKnown()
    {
        var selector = new RenditionSelector(Options, 2);

        Assert.Null(selector.Update(Seen.Viewer(2, bitsPerSecond: null, lead: 1), TimeSpan.Zero));
        Assert.Null(selector.Update(Seen.Viewer(2, 5e6, lead: 1) with { Next = [] }, TimeSpan.Zero));
    }

    [Fact]
    public void ALinkThatHadNoMoreToCarryIsNoReasonToGoDown()
    {
        var selector = new RenditionSelector(Options, 2);
        var starved = Seen.Viewer(2, 500_000, lead: 0.3);

        Assert.Null(selector.Update(starved with { Link = starved.Link with { IsCapacity = false } }, TimeSpan.Zero));
        Assert.Equal(0, selector.Update(starved, TimeSpan.Zero)?.Rung);
    }

    [Theory]
    [InlineData(30_000)]
    [InlineData(1)]
    public void AtTheLiveEdgeALinkThatIsFarTooSlowForAnyRungGetsTheLowest(double capacity)
    {
        var selector = new RenditionSelector(Options, 4);
        var input = Seen.Viewer(4, capacity, lead: 0.5) with { IsAtLiveEdge = true, MaxBuffer = TimeSpan.FromSeconds(0.5) };

        selector.Update(input with { Link = input.Link with { Usual = capacity } }, TimeSpan.Zero);

        Assert.Equal(0, selector.Rung);
    }

    /// <summary>Nothing that is chosen now shortens the outage, and behind it the link most likely carries what is usual.</summary>
    [Fact]
    public void AtTheLiveEdgeAMomentWithoutAnythingOnAFastLinkIsNoReasonToGoToTheLowest()
    {
        var selector = new RenditionSelector(Options, 4);
        var input = Seen.Viewer(4, 200_000, lead: 0.5) with { IsAtLiveEdge = true, MaxBuffer = TimeSpan.FromSeconds(0.5) };

        selector.Update(input with { Link = input.Link with { Usual = 20_000_000 } }, TimeSpan.Zero);

        Assert.InRange(selector.Rung, 1, 4);
    }

    [Fact]
    public void MoreAheadAndMoreCapacityNeverMakeItTakeLess()
    {
        for (var capacity = 200_000.0; capacity < 2e7; capacity *= 1.1)
        {
            for (var lead = 0.1; lead <= 7; lead += 0.1)
            {
                Assert.True(Chosen(capacity * 1.3, lead) >= Chosen(capacity, lead), $"{capacity:0} bit/s, {lead:0.0} s: {Chosen(capacity, lead)}, with more capacity {Chosen(capacity * 1.3, lead)}");
                Assert.True(Chosen(capacity, lead + 1) >= Chosen(capacity, lead), $"{capacity:0} bit/s, {lead:0.0} s: {Chosen(capacity, lead)}, with more ahead {Chosen(capacity, lead + 1)}");
            }
        }
    }

    [Fact]
    public void ARungThatIsNotOfferedIsLeftAtOnceAndNeverTaken()
    {
        string?[] withdrawn = [null, null, null, "too slow", null];
        var selector = new RenditionSelector(Options, 3);

        var decision = selector.Update(Seen.Viewer(3, bitsPerSecond: null, lead: 4) with { Withdrawn = withdrawn }, TimeSpan.Zero);

        Assert.Equal((2, 3), (decision!.Rung, decision.Previous));
        Assert.Contains("not offered any more: too slow", decision.Reason, StringComparison.Ordinal);
        for (var capacity = 200_000.0; capacity < 2e7; capacity *= 1.2)
        {
            selector.Update(Seen.Viewer(selector.Rung, capacity, 4) with { Withdrawn = withdrawn }, TimeSpan.Zero);
            Assert.NotEqual(3, selector.Rung);
        }
    }

    [Fact]
    public void AGopWhoseRestWouldComeTooLateIsGivenUpForALowerRung()
    {
        var gop = Seen.Gops(1)[0];
        var input = Seen.Viewer(4, 600_000, lead: 0.5) with { Begun = gop, RestBytes = gop.Bytes[4] / 2, Rest = TimeSpan.FromSeconds(0.5) };
        var selector = new RenditionSelector(Options, 4);

        var decision = selector.Update(input, TimeSpan.Zero);

        Assert.Equal(0, decision!.Rung);
        Assert.Contains("s late", decision.Reason, StringComparison.Ordinal);
        Assert.Null(new RenditionSelector(Options, 4).Update(input with { Link = input.Link with { BitsPerSecond = 6e6 } }, TimeSpan.Zero));
        Assert.Null(new RenditionSelector(Options, 4).Update(input with { Lead = TimeSpan.FromSeconds(8) }, TimeSpan.Zero));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void WhateverComesTheRungIsOneOfTheLadderAndEachChangeHasAReason(int seed)
    {
        var random = new Random(seed);
        var selector = new RenditionSelector(Options, 0);
        for (var i = 0; i < 5000; i++)
        {
            var input = Seen.Viewer(random.Next(5), random.Next(10) == 0 ? null : Math.Exp(random.NextDouble() * 25), (random.NextDouble() * 20) - 8) with
            {
                UnderWay = random.Next(1_000_000),
                IsAtLiveEdge = random.Next(2) == 0,
                MaxBuffer = TimeSpan.FromSeconds(random.NextDouble() * 8),
                Next = Seen.Gops(random.Next(7), random.NextDouble() * 5),
                Withdrawn = random.Next(3) > 0 ? null : [null, .. Enumerable.Range(1, 4).Select(_ => random.Next(2) > 0 ? null : "slow")],
            };
            var before = selector.Rung;
            var decision = selector.Update(input, TimeSpan.FromSeconds(i));

            Assert.InRange(selector.Rung, 0, 4);
            Assert.True(selector.Rung == before || input.Withdrawn?[selector.Rung] is null);
            Assert.Equal(selector.Rung != before, decision is not null);
            Assert.True(decision is null || (decision.Rung == selector.Rung && decision.Previous == before && decision.Reason.Length > 10));
        }
    }

    private static int Chosen(double capacity, double lead)
    {
        var selector = new RenditionSelector(Options, 2);
        selector.Update(Seen.Viewer(2, capacity, lead), TimeSpan.Zero);
        return selector.Rung;
    }
}

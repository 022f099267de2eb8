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

    [Theory]
    [InlineData(200_000, 4)]
    [InlineData(50_000_000, 0)]
    public void TheRungThatTheUserHasChosenIsSentWhateverTheLinkCarries(double capacity, int wanted)
    {
        var selector = new RenditionSelector(Options, 2);
        var decision = selector.Update(Seen.Viewer(2, capacity, lead: 1) with { Wanted = wanted }, TimeSpan.Zero);
        Assert.Equal((wanted, 2, "the viewer's user chose it"), (decision!.Rung, decision.Previous, decision.Reason));
        Assert.Null(selector.Update(Seen.Viewer(wanted, capacity, lead: 1) with { Wanted = wanted }, TimeSpan.FromSeconds(1)));
        // As soon as nothing is chosen any more the link decides again.
        Assert.NotNull(selector.Update(Seen.Viewer(wanted, capacity, lead: 1), TimeSpan.FromSeconds(2)));
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
    [Theory]
    [InlineData(0.2)]
    [InlineData(0.5)]
    [InlineData(1)]
    public void AtTheLiveEdgeALinkThatIsDeadForAMomentAndFastOtherwiseIsWaitedForAtTheTop(double delay)
    {
        var selector = new RenditionSelector(Options, 4);
        var input = Seen.Viewer(4, 0, lead: delay) with { IsAtLiveEdge = true, MaxBuffer = TimeSpan.FromSeconds(delay), UnderWay = 250_000 };

        selector.Update(input with { Link = Dead(seconds: 0.5, mean: 1) with { Usual = 10e6 } }, TimeSpan.Zero);

        Assert.Equal(4, selector.Rung);
    }

    /// <summary>What of the GOP is late is late for the link; of a lower rung it would be late as well.</summary>
    [Fact]
    public void AGopIsNotBegunAgainInALowerRungBecauseTheLinkIsDead()
    {
        var gop = Seen.Gops(1)[0];
        var input = Seen.Viewer(4, 0, lead: 4) with { Begun = gop, RestBytes = gop.Bytes[4] / 2, Rest = TimeSpan.FromSeconds(0.5) };

        Assert.Equal(0, new RenditionSelector(Options, 4).Update(input, TimeSpan.Zero)?.Rung);
        Assert.Null(new RenditionSelector(Options, 4).Update(input with { Link = Dead(seconds: 0.5, mean: 1.5) with { Usual = 20e6 } }, TimeSpan.Zero));
    }

    [Fact]
    public void OfADeadLinkTheReasonSaysThatItIsDead()
    {
        var decision = new RenditionSelector(Options, 4).Update(Seen.Viewer(4, 0, lead: 0.3) with { Link = Dead(seconds: 6, mean: 9) with { Usual = 2e6 } }, TimeSpan.Zero);

        Assert.Contains("nothing has come through for 6.0 s, where 2000 kbit/s are usual", decision!.Reason, StringComparison.Ordinal);
    }

    /// <summary>The longer it is likely to take, the more there is to be saved up for.</summary>
    [Fact]
    public void WithReadAheadALinkThatIsDeadForLongIsPreparedFor()
    {
        Assert.True(Stall(mean: 8) > Stall(mean: 1));

        static double Stall(double mean)
        {
            var weighing = new Weighing(Seen.Rates.Count);
            new RenditionSelector(Options, 4) { Weighing = weighing }.Update(Seen.Viewer(4, 0, lead: 4) with { Link = Dead(1, mean) }, TimeSpan.Zero);
            return weighing.ProspectOf(4)!.Value.StallSeconds;
        }
    }

    /// <summary>A link between two rungs carries the higher one for a while with each second to spare; nobody wants to see it change all the time.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AfterManyChangesTheNextWayUpHasToBeWorthMoreOnALinkThatStaysTheSame(bool isLive)
    {
        Assert.True(LeastCapacity(isLive, changes: 6, deviation: 0.02) > LeastCapacity(isLive, changes: 2, deviation: 0.02) * 1.02);
        Assert.Equal(LeastCapacity(isLive, changes: 0, deviation: 0.02), LeastCapacity(isLive, changes: 2, deviation: 0.02));
    }

    /// <summary>Where the link does become different, that is a reason to change.</summary>
    [Theory]
    [InlineData(0.2)]
    [InlineData(1.0)]
    [InlineData(null)]
    public void OnAnUnsteadyLinkChangesOfLateAreOfNoAccount(double? deviation) =>
        Assert.Equal(LeastCapacity(isLive: false, changes: 0, deviation), LeastCapacity(isLive: false, changes: 9, deviation));

    [Fact]
    public void ChangesOfLateNeverHoldBackAWayDown()
    {
        for (var capacity = 100_000.0; capacity < 2e7; capacity *= 1.05)
        {
            for (var rung = 1; rung < Seen.Rates.Count; rung++)
            {
                var input = Steady(rung, capacity, isLive: false, changes: 0, deviation: 0.02);
                var (calm, hectic) = (new RenditionSelector(Options, rung), new RenditionSelector(Options, rung));
                calm.Update(input, TimeSpan.Zero);
                hectic.Update(input with { RecentChanges = 20 }, TimeSpan.Zero);

                Assert.True(hectic.Rung == calm.Rung || (hectic.Rung == rung && calm.Rung > rung), $"{capacity:0} bit/s: from {rung} to {calm.Rung}, after many changes {hectic.Rung}");
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void WhatALinkUsuallyCarriesIsTakenHoweverManyChangesThereWere(bool isLive) =>
        Assert.Equal(4, new RenditionSelector(Options, 1).Update(Steady(1, 40e6, isLive, changes: 9, deviation: 0.02), TimeSpan.Zero)?.Rung);

    [Fact]
    public void AWayUpAfterManyChangesSaysThatItIsWorthOneMore()
    {
        Assert.Contains("worth one more change", Reason(changes: 2.05), StringComparison.Ordinal);
        Assert.DoesNotContain("one more", Reason(changes: 1), StringComparison.Ordinal);

        static string Reason(double changes) => new RenditionSelector(Options, 1).Update(Steady(1, 1.42e6, isLive: false, changes, deviation: 0.02), TimeSpan.Zero)!.Reason;
    }

    /// <summary>What might happen to links in general is not to be feared of one that has stayed the same.</summary>
    [Fact]
    public void OnALinkThatHasStayedTheSameLittleOfOtherLinksIsFeared()
    {
        var weighing = new Weighing(Seen.Rates.Count);
        new RenditionSelector(Options, 2) { Weighing = weighing }.Update(Steady(2, 1.6e6, isLive: false, changes: 0, deviation: 0.02), TimeSpan.Zero);
        var steady = weighing.ProspectOf(2)!.Value.StallSeconds;
        new RenditionSelector(Options, 2) { Weighing = weighing }.Update(Steady(2, 1.6e6, isLive: false, changes: 0, deviation: 0.3), TimeSpan.Zero);

        Assert.InRange(steady, 0, weighing.ProspectOf(2)!.Value.StallSeconds / 4);
    }

    /// <summary>At the live edge there is nothing that would pay for a fall.</summary>
    [Fact]
    public void ALinkThatOftenFallsIsTrustedLessAtTheLiveEdge()
    {
        Assert.True(Stall(isLive: true, falls: 0.4) > 1.5 * Stall(isLive: true, LinkScenarios.FallShare));
        Assert.True(Stall(isLive: true, falls: 0.05) < 0.5 * Stall(isLive: true, LinkScenarios.FallShare));
        Assert.Equal(Stall(isLive: true, falls: null), Stall(isLive: true, LinkScenarios.FallShare), 9);
        Assert.Equal(Stall(isLive: false, falls: null), Stall(isLive: false, falls: 0.4), 9);

        static double Stall(bool isLive, double? falls)
        {
            var weighing = new Weighing(Seen.Rates.Count);
            var input = Steady(2, 2e6, isLive, changes: 0, deviation: 0.3) with { Lead = TimeSpan.FromSeconds(1) };
            new RenditionSelector(Options, 2) { Weighing = weighing }.Update(input with { Link = input.Link with { FallShare = falls } }, TimeSpan.Zero);
            return weighing.ProspectOf(2)!.Value.StallSeconds;
        }
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

    /// <summary>The least that a link has to carry for the way up from rung 1.</summary>
    private static double LeastCapacity(bool isLive, double changes, double? deviation)
    {
        for (var capacity = 900_000.0; capacity < 4e7; capacity *= 1.005)
        {
            if (new RenditionSelector(Options, 1).Update(Steady(1, capacity, isLive, changes, deviation), TimeSpan.Zero) is { Rung: > 1 })
            {
                return capacity;
            }
        }

        throw new InvalidOperationException("it never goes up");
    }

    private static LinkEstimate Dead(double seconds, double mean) =>
        new(0, IsCapacity: true, TimeSpan.FromSeconds(seconds), Usual: 6e6, Deviation: 0.3, Dead: TimeSpan.FromSeconds(seconds), MeanDead: TimeSpan.FromSeconds(mean));

    private static SelectorInput Steady(int rung, double capacity, bool isLive, double changes, double? deviation)
    {
        var input = Seen.Viewer(rung, capacity, isLive ? 1 : 7);
        return input with
        {
            IsAtLiveEdge = isLive,
            MaxBuffer = isLive ? TimeSpan.FromSeconds(1) : input.MaxBuffer,
            Link = input.Link with { Usual = capacity, Deviation = deviation },
            RecentChanges = changes,
        };
    }

    private static int Chosen(double capacity, double lead)
    {
        var selector = new RenditionSelector(Options, 2);
        selector.Update(Seen.Viewer(2, capacity, lead), TimeSpan.Zero);
        return selector.Rung;
    }
}

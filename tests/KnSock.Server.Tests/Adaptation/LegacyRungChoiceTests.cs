using KnSock.Server.Adaptation;

namespace KnSock.Server.Tests.Adaptation;

/// <summary>The rung of a kn-sock client, on virtual time.</summary>
public sealed class LegacyRungChoiceTests
{
    private const int LowestOfSize = 2;

    /// <summary>Two smaller sizes, then four qualities of the largest, with the sound.</summary>
    private static readonly double[] Rates = [3e6, 5e6, 10e6, 14e6, 20e6, 32e6];

    private readonly LegacyRungChoice _choice = new(first: 3, LowestOfSize, TimeSpan.Zero);
    private readonly List<(double At, int Rung, string Reason)> _changes = [];
    private string?[]? _withheld;
    private TimeSpan _now;

    [Fact]
    public void OfALinkThatCarriesLittleItTakesWhatFits()
    {
        Pass(1, level: null, new LegacyLink(TimeSpan.FromSeconds(0.3), 6e6));

        Assert.Equal([(0.7, 1)], Steps());
    }

    [Fact]
    public void WithoutKnowledgeOfTheLinkItGoesDownAStep()
    {
        Pass(1, level: null, new LegacyLink(TimeSpan.FromSeconds(0.3), Capacity: null));

        Assert.Equal([(0.7, 2)], Steps());
    }

    [Fact]
    public void WhatWaitsJustAfterTheStartSaysNothing()
    {
        Pass(0.6, level: null, new LegacyLink(TimeSpan.FromSeconds(0.4), 1e6));
        Pass(0.5, level: null, default);

        Assert.Empty(_changes);
    }

    [Fact]
    public void ABufferThatIsFullLetsTheQualityUpAStepEachTwoSeconds()
    {
        Pass(8, level: 0.4, default);

        Assert.Equal([4, 5], _changes.Select(c => c.Rung));
        Assert.All(_changes.Zip(_changes.Skip(1)), pair => Assert.True(pair.Second.At - pair.First.At >= 2));
    }

    [Fact]
    public void ABufferThatIsLowTakesTheQualityDownButNotTheSize()
    {
        Pass(30, level: 0.02, default);

        Assert.Equal(LowestOfSize, _choice.Rung);
        Assert.All(_changes, c => Assert.Contains("buffer is down to 0.02 s", c.Reason, StringComparison.Ordinal));
    }

    [Fact]
    public void ReportsFromBeforeTheBufferCanBeFullSayNothing()
    {
        Pass(1.4, level: 0, default);

        Assert.Empty(_changes);
        Assert.Null(_choice.Level);
    }

    [Theory]
    [InlineData(0.2)]
    [InlineData(null)]
    public void WhoSaysTheSameAllTheTimeOrNothingGetsTheBestSlowly(double? level)
    {
        Pass(9, level, default);
        Assert.Empty(_changes);
        Pass(40, level, default);

        Assert.Equal([4, 5], _changes.Select(c => c.Rung));
    }

    [Fact]
    public void AFullBufferIsNotBelievedWhileTheLinkIsTooSlow()
    {
        Pass(20, level: 0.5, new LegacyLink(TimeSpan.FromSeconds(0.3), Capacity: null));

        Assert.Equal(0, _choice.Rung);
    }

    [Fact]
    public void NoStepGoesAboveWhatTheLinkIsKnownToCarry()
    {
        Pass(30, level: 0.5, new LegacyLink(TimeSpan.Zero, 18e6));

        Assert.Empty(_changes);
    }

    [Fact]
    public void AStepUpThatFailsIsTriedAgainMoreAndMoreSeldom()
    {
        // The link carries the first rung and no more.
        while (_now < TimeSpan.FromMinutes(6))
        {
            Pass(0.1, level: 0.4, _choice.Rung > 3 ? new LegacyLink(TimeSpan.FromSeconds(0.3), Capacity: null) : default);
        }

        var tries = _changes.Where(c => c.Rung > 3).Select(c => c.At).ToArray();
        Assert.InRange(tries.Length, 4, 8);
        var waits = tries.Zip(tries.Skip(1), (a, b) => Math.Round(b - a)).ToArray();
        Assert.Equal(waits.Order(), waits);
        Assert.All(_changes, c => Assert.InRange(c.Rung, 3, 4));
    }

    [Fact]
    public void AFloodOfReportsCountsAsTwoASecond()
    {
        Pass(1.5, level: null, default);
        for (var i = 0; i < 10_000; i++)
        {
            _choice.Report(0.01, _now);
        }

        Pass(0.4, level: null, default);
        Assert.Equal(LowestOfSize, Assert.Single(_changes).Rung);
    }

    [Fact]
    public void WhatItMayNotBeSentItLeavesAtOnceAndTakesAgainWhenItMay()
    {
        _withheld = [null, null, "too dear", "too dear", "too dear", "too dear"];
        Pass(5, level: 0.4, default);
        Assert.Equal([(0.1, 1)], Steps());
        Assert.Equal("the rung may not be sent any more: too dear", Assert.Single(_changes).Reason);

        // That was no fault of the link, so nothing is waited for but that it is clear.
        _withheld = null;
        Pass(0.2, level: 0.4, default);
        Assert.Equal(2, _choice.Rung);
    }

    [Fact]
    public void RungsInBetweenThatMayNotBeSentArePassedOver()
    {
        _withheld = [null, null, null, null, "slow", null];
        Pass(3, level: 0.4, default);
        Assert.Equal([5], _changes.Select(c => c.Rung));

        _withheld = [null, null, null, "slow", "slow", null];
        Pass(0.2, level: null, new LegacyLink(TimeSpan.FromSeconds(0.5), 24e6));
        Assert.Equal(2, _choice.Rung);
    }

    [Fact]
    public void WhyARungIsNotTakenStandsInWords()
    {
        var link = new LegacyLink(TimeSpan.Zero, 14e6);
        Assert.Null(LegacyRungChoice.WhyNot(2, link, Rates, withheld: null));
        Assert.Equal("of the 14.0 Mbit/s that the link was seen to carry it would take more than 85 %", LegacyRungChoice.WhyNot(3, link, Rates, withheld: null));
        Assert.Equal("slow", LegacyRungChoice.WhyNot(1, link, Rates, [null, "slow", null, null, null, null]));
        Assert.Null(LegacyRungChoice.WhyNot(0, new LegacyLink(TimeSpan.Zero, 1), Rates, withheld: null));
    }

    private IEnumerable<(double, int)> Steps() => _changes.Select(c => (Math.Round(c.At, 1), c.Rung));

    /// <summary>Time passes in tenths of a second; a report comes each second.</summary>
    private void Pass(double seconds, double? level, LegacyLink link)
    {
        for (var end = _now + TimeSpan.FromSeconds(seconds); _now < end;)
        {
            var before = _choice.Rung;
            _now += TimeSpan.FromSeconds(0.1);
            if (level is { } said && _now.Ticks % TimeSpan.TicksPerSecond == 0)
            {
                _choice.Report(said, _now);
            }

            var decision = _choice.Consider(link, Rates, _withheld, _now);
            Assert.Equal((before, _choice.Rung), (decision.Previous, decision.Rung));
            Assert.NotEmpty(decision.Reason);
            if (decision.Rung != decision.Previous)
            {
                _changes.Add((_now.TotalSeconds, decision.Rung, decision.Reason));
            }
        }
    }
}

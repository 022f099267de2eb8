using KnSock.Server.Adaptation;

namespace KnSock.Server.Tests.Adaptation;

public sealed class LinkFallsTests
{
    private readonly LinkFalls _falls = new();

    [Fact]
    public void OtherLinksCountUntilThisOneIsKnown()
    {
        Assert.Equal(LinkScenarios.FallShare, _falls.Share, 9);
        Assert.Equal(LinkScenarios.FallShare, LinkScenarios.Priors.ToArray().Where(s => s.Share < LinkScenarios.FallBelow).Sum(s => s.Weight), 9);
        Assert.Equal(1, LinkScenarios.Priors.ToArray().Sum(s => s.Weight), 9);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void OneThatCarriesWhatItIsKnownToDoesNotFall(bool isBusy)
    {
        Run(seconds: 60, _ => 2_000_000, isBusy);
        Assert.InRange(_falls.Share, 0, 0.07);
    }

    [Fact]
    public void OneThatCarriesMuchLessEachFourthSecondFallsThen()
    {
        Run(seconds: 120, second => second % 4 == 3 ? 1_000_000 : 2_000_000);
        Assert.InRange(_falls.Share, 0.2, 0.3);
    }

    [Fact]
    public void OneThatCarriesALittleLessDoesNot()
    {
        Run(seconds: 60, second => second % 2 == 1 ? 1_800_000 : 2_000_000);
        Assert.InRange(_falls.Share, 0, 0.07);
    }

    [Fact]
    public void WhatWasLongAgoIsForgotten()
    {
        Run(seconds: 60, second => second % 2 == 1 ? 200_000 : 2_000_000);
        Assert.InRange(_falls.Share, 0.35, 0.55);
        Run(seconds: 90, _ => 2_000_000);
        Assert.InRange(_falls.Share, 0, 0.1);
    }

    [Fact]
    public void AMomentInWhichBytesWaitedShowsNothing()
    {
        for (var i = 0; i < 600; i++)
        {
            var isBusy = i % 10 < 3;
            _falls.Add(TimeSpan.FromMilliseconds(100), isBusy ? 0 : 25_000, isBusy, known: 2_000_000);
        }

        Assert.InRange(_falls.Share, 0, 0.07);
    }

    [Fact]
    public void OfALinkOfWhichNothingIsKnownNothingIsLearned()
    {
        for (var i = 0; i < 600; i++)
        {
            _falls.Add(TimeSpan.FromMilliseconds(100), 0, isBusy: true, known: null);
        }

        Assert.Equal(LinkScenarios.FallShare, _falls.Share, 9);
    }

    private void Run(int seconds, Func<int, double> bitsPerSecond, bool isBusy = true)
    {
        _falls.Add(TimeSpan.FromSeconds(1), 0, isBusy: false, known: 2_000_000);
        for (var i = 0; i < seconds * 10; i++)
        {
            _falls.Add(TimeSpan.FromMilliseconds(100), (long)(bitsPerSecond(i / 10) / 80), isBusy, known: 2_000_000);
        }
    }
}

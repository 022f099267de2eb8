using KnSock.Server.Adaptation;

namespace KnSock.Server.Tests.Adaptation;

public sealed class SoundChoiceTests
{
    private const double Full = 291_000;

    private readonly SoundChoice _choice = new(new SoundChoiceOptions());
    private double _now;

    [Theory]
    [InlineData(110_000, 1, 3)]
    [InlineData(180_000, 1, 4)]
    [InlineData(250_000, 3, 8)]
    public void ALinkThatCarriesTooLittleFromTheStartIsFoundOutSoon(double rate, double from, double to)
    {
        See(from, rate);
        Assert.False(_choice.IsLow);
        See(to - from, rate);
        Assert.True(_choice.IsLow);
        Assert.Matches("^the link carries 2[0-9][0-9] kbit/s$", _choice.Reason);
    }

    [Fact]
    public void OneThatWasFastNeedsALittleLonger()
    {
        See(30, 5_000_000, isCapacity: false);
        See(6, 180_000);
        Assert.False(_choice.IsLow);
        See(6, 180_000);
        Assert.True(_choice.IsLow);
    }

    [Fact]
    public void OneThatIsEnoughOnTheWholeIsForgivenItsBadMoments()
    {
        for (var i = 0; i < 50; i++)
        {
            See(1, 150_000);
            See(2, 500_000);
        }

        Assert.False(_choice.IsLow);
    }

    [Fact]
    public void AnInterruptionIsNoPoorLink()
    {
        See(60, 0);
        See(60, 30_000);
        Assert.False(_choice.IsLow);
    }

    [Fact]
    public void ItComesBackWhenTheLinkCarriesClearlyMoreForAWhile()
    {
        See(10, 200_000);
        See(60, 1.25 * Full);
        Assert.True(_choice.IsLow);
        See(8, 1.35 * Full);
        See(1, 1.25 * Full);
        See(9.8, 1.35 * Full);
        Assert.True(_choice.IsLow);
        See(0.4, 1.35 * Full);
        Assert.Equal((false, "the link carries 393 kbit/s"), (_choice.IsLow, _choice.Reason));
    }

    [Fact]
    public void OnAHigherRungItIsTheUsualOneAtOnce()
    {
        See(10, 200_000);
        Assert.True(_choice.IsLow);
        Assert.True(_choice.Update(new SoundInput(IsAboveLowest: true, Capacity(900_000), Full), TimeSpan.FromSeconds(_now)));
        Assert.False(_choice.IsLow);
    }

    /// <summary>A link on which little is sent shows little; whether it carries more can only be tried, and that is tried more and more rarely.</summary>
    [Fact]
    public void WhatIsTriedInVainIsTriedMoreRarely()
    {
        See(10, 250_000);
        List<double> waits = [];
        for (var i = 0; i < 7; i++)
        {
            var from = _now;
            while (_choice.IsLow)
            {
                See(0.1, 220_000, isCapacity: false);
            }

            waits.Add(_now - from);
            See(10, 250_000);
            Assert.True(_choice.IsLow);
        }

        Assert.Equal([10, 20, 40, 80, 160, 300, 300], waits, (expected, actual) => Math.Abs(expected - actual) < 0.5);
        See(301, 250_000, isCapacity: false);
        Assert.False(_choice.IsLow);
        // It was right this time.
        See(60, 300_000, isCapacity: false);
        See(20, 250_000);
        See(11, 250_000, isCapacity: false);
        Assert.False(_choice.IsLow);
    }

    [Fact]
    public void AnotherSelectionBeginsAsTheLastOneEnded()
    {
        See(10, 200_000);
        _now += 3600;
        _choice.Begin();
        See(9.9, 400_000);
        Assert.True(_choice.IsLow);
        See(0.3, 400_000);
        Assert.False(_choice.IsLow);
    }

    private static LinkEstimate Capacity(double rate) => new(rate, IsCapacity: true, TimeSpan.FromSeconds(1));

    private void See(double seconds, double rate, bool isCapacity = true)
    {
        for (var end = _now + seconds; _now < end - 1e-6;)
        {
            _now += 0.1;
            _choice.Update(new SoundInput(IsAboveLowest: false, Capacity(rate) with { IsCapacity = isCapacity }, Full), TimeSpan.FromSeconds(_now));
        }
    }
}

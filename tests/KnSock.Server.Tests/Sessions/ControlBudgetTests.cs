using KnSock.Server.Sessions;

namespace KnSock.Server.Tests.Sessions;

public sealed class ControlBudgetTests
{
    private readonly ControlBudget _budget = new();

    [Fact]
    public void WhatAnyClientSaysIsNeverTooMuch()
    {
        for (var ms = 0; ms < 3_600_000; ms += 100)
        {
            Assert.True(_budget.TrySpend(400, isFeedback: true, At(ms)));
            Assert.True(ms % 1000 > 0 || _budget.TrySpend(2048, isFeedback: false, At(ms)));
            // One who drags the slider of the position about.
            Assert.True(ms % 200 > 0 || _budget.TrySpend(2048, isFeedback: false, At(ms)));
        }
    }

    [Fact]
    public void WhatWasHeldUpForAMinuteMayComeAtOnce()
    {
        Assert.True(_budget.TrySpend(0, isFeedback: true, At(60_000)));
        for (var i = 0; i < 660; i++)
        {
            Assert.True(_budget.TrySpend(400, isFeedback: i % 11 > 0, At(60_000)));
        }
    }

    [Theory]
    [InlineData(10_000, 100, true, 4.3, 5)]
    [InlineData(1_000, 1_000, true, 4.3, 5)]
    [InlineData(10_000, 20, false, 0.09, 0.11)]
    [InlineData(200, 100, false, 9, 11)]
    public void AFloodIsTooMuchSoonerOrLater(int perSecond, int bytes, bool isFeedback, double least, double most)
    {
        var count = 0;
        while (_budget.TrySpend(bytes, isFeedback, At(1000.0 * count / perSecond)))
        {
            Assert.True(++count < 1_000_000);
        }

        Assert.InRange((double)count / perSecond, least, most);
    }

    private static TimeSpan At(double milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}

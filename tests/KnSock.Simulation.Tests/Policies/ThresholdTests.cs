using KnSock.Simulation.Policies;

namespace KnSock.Simulation.Tests.Policies;

public sealed class ThresholdTests
{
    [Theory]
    [InlineData(0.09, 2)]
    [InlineData(0.1, 3)]
    [InlineData(0.3, 3)]
    [InlineData(0.31, 4)]
    public void BelowATenthOfASecondItGoesOneDownAndAboveThreeOneUp(double buffer, int expected)
    {
        var selector = new ThresholdSelector(new ThresholdOptions(), 3);
        selector.Update(Seen.Live(buffer), TimeSpan.Zero);
        Assert.Equal(3, selector.Rung);
        selector.Update(Seen.Live(buffer), TimeSpan.FromSeconds(1));
        Assert.Equal(expected, selector.Rung);
    }

    [Fact]
    public void ItTakesOneStepASecond()
    {
        var selector = new ThresholdSelector(new ThresholdOptions(), 0);
        List<int> rungs = [];
        for (var tenth = 0; tenth <= 70; tenth++)
        {
            selector.Update(Seen.Live(tenth < 50 ? 0.4 : 0.05), TimeSpan.FromSeconds(tenth / 10.0));
            if (tenth % 10 == 0)
            {
                rungs.Add(selector.Rung);
            }
        }

        Assert.Equal([0, 1, 2, 3, 4, 3, 2, 1], rungs);
    }

    [Fact]
    public void SharesOfTheBufferCanTakeThePlaceOfSeconds()
    {
        var selector = new ThresholdSelector(new ThresholdOptions { LowShare = 0.5, HighShare = 0.75 }, 3);
        selector.Update(Seen.Ahead(6.1), TimeSpan.Zero);
        selector.Update(Seen.Ahead(6.1), TimeSpan.FromSeconds(1));
        Assert.Equal(4, selector.Rung);
        selector.Update(Seen.Ahead(3.9), TimeSpan.FromSeconds(2));
        Assert.Equal(3, selector.Rung);
    }
}

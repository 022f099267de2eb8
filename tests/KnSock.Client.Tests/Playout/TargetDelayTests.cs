using KnSock.Client.Playout;

namespace KnSock.Client.Tests.Playout;

public sealed class TargetDelayTests
{
    [Fact]
    public void It_is_what_the_user_asked_for_until_units_come_late()
    {
        Assert.Equal(Ms(200), new TargetDelay(Ms(200)).At(Ms(100_000)));
        Assert.Equal(Ms(3000), new TargetDelay(Ms(3000)).At(Ms(100_000)));
    }

    [Fact]
    public void Lateness_makes_it_grow_at_once_but_a_burst_counts_once()
    {
        var target = new TargetDelay(Ms(200));
        target.OnLate(Ms(1000));
        target.OnLate(Ms(1010));
        Assert.Equal(Ms(240), target.At(Ms(1010)));
        target.OnLate(Ms(1600));
        Assert.Equal(Ms(288), target.At(Ms(1600)));
    }

    [Fact]
    public void It_never_grows_beyond_its_limit_nor_falls_below_the_floor()
    {
        var target = new TargetDelay(Ms(50));
        target.OnLate(Ms(0));
        Assert.Equal(Ms(100), target.At(Ms(0)));
        for (var t = 1000; t < 60_000; t += 1000)
        {
            target.OnLate(Ms(t));
        }

        Assert.Equal(Ms(1500), target.At(Ms(60_000)));
        Assert.Equal(Ms(50), target.At(Ms(1_000_000)));
    }

    [Fact]
    public void It_shrinks_slowly_after_ten_clean_seconds()
    {
        var target = new TargetDelay(Ms(200));
        target.OnLate(Ms(0));
        Assert.Equal(Ms(240), target.At(Ms(10_000)));
        Assert.Equal(Ms(220), target.At(Ms(11_000)));
        Assert.Equal(Ms(200), target.At(Ms(12_500)));
    }

    private static TimeSpan Ms(double milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}

using KnSock.Client.Playout;
using static KnSock.Client.Tests.Playout.Units;

namespace KnSock.Client.Tests.Playout;

public sealed class ArrivalTimesTests
{
    private readonly ArrivalTimes _arrivals = new();

    [Fact]
    public void Lateness_is_measured_against_the_fastest_of_the_last_two_seconds()
    {
        Assert.Equal(T(0), _arrivals.Add(Ms(500), T(10_000)));
        Assert.Equal(T(70), _arrivals.Add(Ms(600), T(10_170)));
        Assert.Equal(T(0), _arrivals.Add(Ms(700), T(10_190)));
        Assert.Equal(T(110), _arrivals.Add(Ms(2000), T(11_600)));
        // The way has become longer for good.
        Assert.Equal(T(0), _arrivals.Add(Ms(3000), T(12_600)));
    }

    [Fact]
    public void Depth_is_what_lies_ahead_when_the_fastest_comes()
    {
        Assert.Null(_arrivals.DepthAt(Ms(0), T(1000)));
        _arrivals.Add(Ms(500), T(1000));
        Assert.Equal(T(200), _arrivals.DepthAt(Ms(300), T(1000)));
        _arrivals.Add(Ms(1500), T(2080));
        Assert.Equal(T(200), _arrivals.DepthAt(Ms(1380), T(2080)));
        Assert.Equal(T(120), _arrivals.RecentDepthAt(Ms(1380), T(2080)));
        Assert.Null(_arrivals.RecentDepthAt(Ms(1900), T(2600)));
        Assert.Null(_arrivals.DepthAt(Ms(3900), T(4600)));
    }

    [Fact]
    public void Another_timeline_begins_anew()
    {
        _arrivals.Add(Ms(500), T(1000));
        _arrivals.Reset();
        Assert.Equal(T(0), _arrivals.Add(Ms(100), T(1100)));
    }

    private static TimeSpan T(double milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}

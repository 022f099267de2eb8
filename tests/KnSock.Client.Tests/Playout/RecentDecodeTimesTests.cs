using KnSock.Client.Playout;

namespace KnSock.Client.Tests.Playout;

public sealed class RecentDecodeTimesTests
{
    [Fact]
    public void OnlyTheLastPicturesCountAndAFewSayNothing()
    {
        var times = new RecentDecodeTimes();
        Add(times, 29, 100);
        Assert.Equal(0, times.P95Ms);
        Add(times, 1, 100);
        Assert.Equal(100, times.P95Ms);
        Add(times, 60, 5);
        Assert.Equal(5, times.P95Ms);
        // One in twenty is a keyframe now and then.
        Add(times, 57, 5);
        Add(times, 3, 90);
        Assert.Equal(5, times.P95Ms);
        Add(times, 1, 90);
        Assert.Equal(90, times.P95Ms);
        times.Reset();
        Assert.Equal(0, times.P95Ms);
    }

    private static void Add(RecentDecodeTimes times, int count, double milliseconds)
    {
        for (var i = 0; i < count; i++)
        {
            times.Add(TimeSpan.FromMilliseconds(milliseconds));
        }
    }
}

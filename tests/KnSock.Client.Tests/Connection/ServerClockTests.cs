using KnSock.Client.Connection;
using KnSock.Media;

namespace KnSock.Client.Tests.Connection;

public sealed class ServerClockTests
{
    [Theory]
    [InlineData(long.MinValue)]
    [InlineData(-1)]
    [InlineData(long.MaxValue)]
    [InlineData(10_000_001)]
    public void An_answer_to_a_ping_that_was_never_sent_is_none(long ticks)
    {
        var clock = new ServerClock();
        clock.Observe(TimeSpan.FromTicks(ticks), TimeSpan.FromSeconds(1), new Timestamp(5));

        Assert.Null(clock.At(TimeSpan.FromSeconds(2)));
    }

    [Fact]
    public void The_shortest_way_tells_best()
    {
        var clock = new ServerClock();
        clock.Observe(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3), Timestamp.FromSeconds(100));
        clock.Observe(TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(4.1), Timestamp.FromSeconds(104.05));

        Assert.Equal(110, clock.At(TimeSpan.FromSeconds(10))!.Value.TotalSeconds, 6);
    }
}

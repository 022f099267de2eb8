using KnSock.Client.Connection;
using KnSock.Media;

namespace KnSock.Client.Tests.Connection;

public sealed class ReconnectBackoffTests
{
    [Fact]
    public void Waits_double_up_to_five_seconds_each_a_quarter_more_or_less()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var backoff = new ReconnectBackoff(TimeSpan.FromHours(1), seed);
            var expected = 100.0;
            for (var i = 0; i < 12; i++)
            {
                Assert.InRange(backoff.Next(TimeSpan.Zero)!.Value.TotalMilliseconds, expected * 0.75, expected * 1.25);
                expected = Math.Min(5000, expected * 2);
            }

            backoff.Reset();
            Assert.InRange(backoff.Next(TimeSpan.Zero)!.Value.TotalMilliseconds, 75, 125);
        }
    }

    [Fact]
    public void The_deadline_counts_from_the_loss()
    {
        var backoff = new ReconnectBackoff(TimeSpan.FromMilliseconds(250), seed: 1);
        Assert.NotNull(backoff.Next(TimeSpan.FromSeconds(100)));
        Assert.InRange(backoff.Next(TimeSpan.FromSeconds(100.2))!.Value.TotalMilliseconds, 1, 50);
        Assert.Null(backoff.Next(TimeSpan.FromSeconds(100.25)));
        Assert.Null(new ReconnectBackoff(TimeSpan.Zero, seed: 1).Next(TimeSpan.Zero));
    }

    [Fact]
    public void The_ping_with_the_shortest_way_tells_the_clock_best()
    {
        var clock = new ServerClock();
        Assert.Null(clock.At(TimeSpan.Zero));
        clock.Observe(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1.2), Timestamp.FromSeconds(501.19));
        clock.Observe(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2.01), Timestamp.FromSeconds(502.005));
        clock.Observe(TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(3.3), Timestamp.FromSeconds(503));
        Assert.Equal(Timestamp.FromSeconds(510), clock.At(TimeSpan.FromSeconds(10)));
    }
}

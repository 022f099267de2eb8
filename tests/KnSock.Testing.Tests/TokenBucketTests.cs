using KnSock.Testing.Network;

namespace KnSock.Testing.Tests;

public class TokenBucketTests
{
    [Fact]
    public void No_more_than_the_rate_goes_through()
    {
        var bucket = new TokenBucket(burst: 1000);
        bucket.SetRate(10_000, TimeSpan.Zero);
        var (now, sent) = (TimeSpan.Zero, 0);
        while (now < TimeSpan.FromSeconds(10))
        {
            now += bucket.WaitTime(now);
            bucket.Take(500, now);
            sent += 500;
        }

        Assert.InRange(sent, 100_000, 102_000);
    }

    [Fact]
    public void A_change_of_the_rate_is_felt_at_once()
    {
        var bucket = new TokenBucket(burst: 1000);
        bucket.SetRate(100, TimeSpan.Zero);
        bucket.Take(11_000, TimeSpan.Zero);
        Assert.Equal(TimeSpan.FromSeconds(100), bucket.WaitTime(TimeSpan.Zero));
        bucket.SetRate(null, TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.Zero, bucket.WaitTime(TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void A_quiet_time_is_saved_up_only_to_the_burst()
    {
        var bucket = new TokenBucket(burst: 1000);
        bucket.SetRate(1000, TimeSpan.Zero);
        bucket.Take(2000, TimeSpan.FromSeconds(60));
        Assert.Equal(TimeSpan.FromSeconds(1), bucket.WaitTime(TimeSpan.FromSeconds(60)));
    }
}

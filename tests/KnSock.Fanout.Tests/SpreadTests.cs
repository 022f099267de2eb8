namespace KnSock.Fanout.Tests;

public sealed class SpreadTests
{
    [Fact]
    public void Percentiles_are_right_to_a_millisecond()
    {
        var histogram = new SpreadHistogram();
        for (var i = 0; i < 1000; i++)
        {
            histogram.Add(i * 1000);
        }

        Assert.Equal(1000, histogram.Count);
        Assert.Equal(500, histogram.Percentile(0.5)!.Value, tolerance: 1.0);
        Assert.Equal(950, histogram.Percentile(0.95)!.Value, tolerance: 1.0);
        Assert.Equal(900, histogram.CountFrom(100));
        Assert.Null(new SpreadHistogram().Percentile(0.5));
    }

    [Fact]
    public void What_is_beyond_its_range_is_counted_at_its_end()
    {
        var histogram = new SpreadHistogram();
        histogram.Add(long.MaxValue);
        histogram.Add(-5);
        Assert.Equal((2, 1), (histogram.Count, histogram.CountFrom(2_499)));
    }

    [Fact]
    public void The_best_may_come_before_it_counts_or_last()
    {
        foreach (var (before, counted) in ((long[], long[])[])[([70_000, 90_000], [100_000, 170_000]), ([90_000], [100_000, 170_000, 70_000])])
        {
            var (spread, total) = (new DelaySpread(), new SpreadHistogram());
            Array.ForEach(before, spread.Add);
            spread.Begin();
            Array.ForEach(counted, spread.Add);
            spread.End();
            spread.Add(900_000);
            spread.AddTo(total);
            Assert.Equal(counted.Length, total.Count);
            Assert.Equal(1, total.CountFrom(100));
            Assert.Equal(2, total.CountFrom(30));
            Assert.Equal(1, total.CountFrom(31));
        }
    }

    [Fact]
    public void Each_viewer_has_a_best_of_its_own_and_one_that_never_counted_has_none()
    {
        var total = new SpreadHistogram();
        for (var viewer = 0; viewer < 10; viewer++)
        {
            var spread = new DelaySpread();
            spread.Add(viewer * 1_000_000);
            spread.Begin();
            spread.Add((viewer * 1_000_000) + 20_000);
            spread.AddTo(total);
        }

        new DelaySpread().AddTo(total);
        Assert.Equal(10, total.Count);
        Assert.Equal((10, 0), (total.CountFrom(20), total.CountFrom(21)));
    }

    [Fact]
    public void Adding_allocates_nothing()
    {
        var spread = new DelaySpread();
        spread.Add(0);
        spread.Begin();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10_000; i++)
        {
            spread.Add(i);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}

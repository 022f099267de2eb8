using KnSock.Client.Playout;

namespace KnSock.Client.Tests.Playout;

public sealed class TargetDelayTests
{
    [Fact]
    public void It_is_what_the_user_asked_for_until_units_come_late()
    {
        Assert.Equal(Ms(200), new TargetDelay(Ms(200), Ms(1500)).At(Ms(100_000)));
        Assert.Equal(Ms(3000), new TargetDelay(Ms(3000), Ms(1500)).At(Ms(100_000)));
    }

    [Fact]
    public void Lateness_makes_it_grow_at_once_but_a_burst_counts_once()
    {
        var target = new TargetDelay(Ms(200), Ms(1500));
        target.OnLate(Ms(1000));
        target.OnLate(Ms(1010));
        Assert.Equal(Ms(240), target.At(Ms(1010)));
        target.OnLate(Ms(1600));
        Assert.Equal(Ms(288), target.At(Ms(1600)));
    }

    [Fact]
    public void What_is_enough_already_does_not_grow_while_playout_is_on_its_way_there()
    {
        var target = new TargetDelay(Ms(200), Ms(1500));
        for (var t = 0; t < 5000; t += 600)
        {
            target.OnLate(Ms(t), needed: Ms(280));
        }

        Assert.Equal(Ms(288), target.At(Ms(5000)));
    }

    [Fact]
    public void It_never_grows_beyond_its_limit_nor_falls_below_the_floor()
    {
        var target = new TargetDelay(Ms(50), Ms(1500));
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
        var target = new TargetDelay(Ms(200), Ms(1500));
        target.OnLate(Ms(0));
        Assert.Equal(Ms(240), target.At(Ms(10_000)));
        Assert.Equal(Ms(220), target.At(Ms(11_000)));
        Assert.Equal(Ms(200), target.At(Ms(12_500)));
    }

    [Fact]
    public void It_is_high_enough_for_nearly_all_of_what_comes_late()
    {
        var target = new TargetDelay(Ms(100), Ms(1500));
        var random = new Random(1);
        var latenesses = Enumerable.Range(0, 6000).Select(_ => 20 + (300 * Math.Pow(random.NextDouble(), 3))).ToList();
        for (var i = 0; i < latenesses.Count; i++)
        {
            target.OnArrival(Ms(latenesses[i]), Ms(i * 33));
        }

        Assert.InRange(target.At(Ms(200_000)), Ms(300), Ms(340));
    }

    [Fact]
    public void One_late_unit_among_many_is_forgiven_and_one_each_ten_seconds_is_not()
    {
        var (once, often) = (new TargetDelay(Ms(200), Ms(1500)), new TargetDelay(Ms(200), Ms(1500)));
        for (var t = 0; t < 120_000; t += 20)
        {
            once.OnArrival(Ms(t == 60_000 ? 900 : 60), Ms(t));
            often.OnArrival(Ms(t % 10_000 == 0 ? 900 : 60), Ms(t));
        }

        Assert.Equal(Ms(200), once.At(Ms(120_000)));
        Assert.Equal(Ms(920), often.At(Ms(120_000)));
    }

    [Fact]
    public void What_was_learned_is_forgotten_no_faster_than_20_ms_a_second()
    {
        var target = new TargetDelay(Ms(200), Ms(1500));
        var before = target.At(Ms(0));
        var falls = 0;
        for (var t = 0; t < 180_000; t += 20)
        {
            target.OnArrival(Ms(t < 20_000 ? 600 : 40), Ms(t));
            var present = target.At(Ms(t));
            Assert.True(present >= before - Ms(0.41), $"from {before} to {present} at {t} ms");
            falls += present < before ? 1 : 0;
            before = present;
        }

        Assert.Equal(Ms(200), before);
        Assert.InRange(falls, 1000, 1100);
    }

    /// <summary>After a bad minute: it waits 10 s for another, and forgets within as much again.</summary>
    [Fact]
    public void What_is_over_is_forgotten_soon()
    {
        var target = new TargetDelay(Ms(200), Ms(1500));
        var began = 0;
        for (var t = 0; t < 120_000 && began == 0; t += 20)
        {
            target.OnArrival(Ms(t < 60_000 ? 600 : 60), Ms(t));
            began = t > 60_000 && target.At(Ms(t)) < Ms(620) ? t : 0;
        }

        Assert.InRange(began, 70_000, 90_000);
    }

    [Fact]
    public void The_ceiling_holds_what_is_learned_and_not_what_was_asked_for()
    {
        var (learned, asked) = (new TargetDelay(Ms(200), Ms(400)), new TargetDelay(Ms(800), Ms(400)));
        for (var t = 0; t < 20_000; t += 20)
        {
            learned.OnArrival(Ms(900), Ms(t));
            asked.OnArrival(Ms(900), Ms(t));
        }

        Assert.Equal((Ms(400), Ms(800)), (learned.At(Ms(20_000)), asked.At(Ms(20_000))));
    }

    private static TimeSpan Ms(double milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}

using KnSock.Client.Playout;

namespace KnSock.Client.Tests.Playout;

public class FillPaceTests
{
    private readonly FillPace _pace = new(TimeSpan.FromSeconds(8));

    [Fact]
    public void A_track_that_fills_briskly_needs_no_cushion() => Assert.Equal(TimeSpan.Zero, Fill(_pace, speed: 3, milliseconds: 200));

    [Fact]
    public void A_track_that_fills_hardly_faster_than_it_plays_needs_one() =>
        Assert.Equal(TimeSpan.FromSeconds(1), Fill(_pace, speed: 1.1, milliseconds: 400));

    [Fact]
    public void What_comes_at_once_starts_at_once() =>
        Assert.Equal(TimeSpan.Zero, _pace.CushionAt(TimeSpan.FromMilliseconds(300), isWaiting: true, TimeSpan.FromSeconds(5)));

    [Fact]
    public void Each_wait_is_judged_by_itself()
    {
        Fill(_pace, speed: 1, milliseconds: 1000);
        Assert.Equal(TimeSpan.Zero, _pace.CushionAt(TimeSpan.FromSeconds(1), isWaiting: false, TimeSpan.FromSeconds(2)));
        Assert.Equal(TimeSpan.Zero, Fill(_pace, speed: 3, milliseconds: 200, from: 3000));
    }

    [Fact]
    public void Without_read_ahead_there_is_no_cushion_to_be_had() =>
        Assert.Equal(TimeSpan.Zero, Fill(new FillPace(TimeSpan.FromSeconds(1)), speed: 1, milliseconds: 400));

    private static TimeSpan Fill(FillPace pace, double speed, int milliseconds, int from = 0)
    {
        var cushion = TimeSpan.Zero;
        for (var time = 10; time <= milliseconds; time += 10)
        {
            cushion = pace.CushionAt(TimeSpan.FromMilliseconds(time * speed), isWaiting: true, TimeSpan.FromMilliseconds(from + time));
        }

        return cushion;
    }
}

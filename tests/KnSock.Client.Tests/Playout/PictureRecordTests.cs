using KnSock.Client.Playout;

namespace KnSock.Client.Tests.Playout;

public sealed class PictureRecordTests
{
    private static readonly TimeSpan Frame = TimeSpan.FromSeconds(1 / 30.0);

    [Fact]
    public void A_picture_that_comes_a_little_late_is_no_standstill_and_one_that_is_seen_for_long_is()
    {
        var record = new PictureRecord();
        Assert.Equal((0, 0, 0), Figures(record, At(5000)));
        foreach (var ms in new[] { 1000, 1033, 1112, 1512 })
        {
            record.OnShown("240p", Frame, At(ms));
        }

        Assert.Equal((0.512, 1, 366.667), Figures(record, At(1512)));
    }

    [Fact]
    public void What_stands_still_at_the_end_counts_as_it_goes_on()
    {
        var record = new PictureRecord();
        record.OnShown("240p", Frame, At(1000));
        Assert.Equal((0.08, 0, 0), Figures(record, At(1080)));
        Assert.Equal((2, 1, 1966.667), Figures(record, At(3000)));
        record.OnShown("720p", Frame, At(3000));
        Assert.Equal((2.05, 1, 1966.667), Figures(record, At(3050)));
        Assert.Equal(new Dictionary<string, long>(StringComparer.Ordinal) { ["240p"] = 1, ["720p"] = 1 }, record.At(At(3050)).Pictures);
    }

    [Fact]
    public void Slow_pictures_are_no_standstills()
    {
        var record = new PictureRecord();
        for (var i = 0; i < 5; i++)
        {
            record.OnShown("240p", TimeSpan.FromMilliseconds(100), At(100 * i));
        }

        Assert.Equal((0.4, 0, 0), Figures(record, At(400)));
    }

    [Fact]
    public void A_pause_does_not_count()
    {
        var record = new PictureRecord();
        record.OnShown("240p", Frame, At(1000));
        record.OnBreak(At(1040));
        record.OnShown("240p", Frame, At(9000));
        Assert.Equal((0.05, 0, 0), Figures(record, At(9010)));
    }

    private static TimeSpan At(double ms) => TimeSpan.FromMilliseconds(ms);

    private static (double Seconds, int Standstills, double StandstillMs) Figures(PictureRecord record, TimeSpan now)
    {
        var figures = record.At(now);
        return (Math.Round(figures.Seconds, 3), figures.Standstills, Math.Round(figures.StandstillMs, 3));
    }
}

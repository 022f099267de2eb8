using KnSock.Client.Connection.Legacy;
using KnSock.Media;

namespace KnSock.Client.Tests.Connection.Legacy;

public class PictureTimelineTests
{
    private const double Sent = 1.79e9;
    private static readonly TimeSpan Start = TimeSpan.FromSeconds(1000);

    [Fact]
    public void Pictures_stand_as_their_times_say_whenever_they_come()
    {
        var timeline = new PictureTimeline();
        var random = new Random(1);
        for (var i = 0; i < 300; i++)
        {
            var late = TimeSpan.FromMilliseconds(random.Next(80));
            var pts = timeline.Place(Sent + (i / 25.0), Start + TimeSpan.FromSeconds(i / 25.0) + late);
            Assert.Equal(i / 25.0, pts.TotalSeconds, 0.001);
        }

        Assert.Equal(25, timeline.FrameRate, 0.01);
        Assert.Equal(0.04, timeline.Period.TotalSeconds, 0.0001);
        // The edge is where the fastest would be now.
        Assert.InRange(timeline.EdgeAt(Start + TimeSpan.FromSeconds(12.04)).TotalSeconds, 12.0, 12.05);
    }

    [Theory]
    [InlineData(-3600)]
    [InlineData(3600)]
    [InlineData(-0.5)]
    [InlineData(2.5)]
    public void Where_times_jump_the_picture_goes_on_as_in_its_file(double by)
    {
        var timeline = new PictureTimeline();
        var last = Timestamp.Zero;
        for (var i = 0; i < 200; i++)
        {
            var pts = timeline.Place(Sent + (i / 30.0) + (i >= 100 ? by : 0), Start + TimeSpan.FromSeconds(i / 30.0));
            Assert.InRange((pts - last).TotalSeconds, i == 0 ? 0 : 0.03, 0.04);
            last = pts;
        }

        Assert.Equal(30, timeline.FrameRate, 0.1);
        Assert.InRange(timeline.EdgeAt(Start + TimeSpan.FromSeconds(200 / 30.0)).TotalSeconds, last.TotalSeconds - 0.01, last.TotalSeconds + 0.1);
    }

    [Fact]
    public void Without_pictures_the_edge_stands_still_and_goes_on_with_them()
    {
        var timeline = new PictureTimeline();
        Assert.False(timeline.HasBegun);
        for (var i = 0; i < 60; i++)
        {
            timeline.Place(Sent + (i / 30.0), Start + TimeSpan.FromSeconds(i / 30.0));
        }

        var stood = timeline.EdgeAt(Start + TimeSpan.FromSeconds(30));
        Assert.InRange(stood.TotalSeconds, 0, 4.1);
        Assert.Equal(stood, timeline.EdgeAt(Start + TimeSpan.FromSeconds(300)));
        Assert.InRange(timeline.Place(Sent + 300, Start + TimeSpan.FromSeconds(300)).TotalSeconds, 1.9, 2.1);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(2)]
    public void Times_that_are_not_those_of_sending_are_given_up(double pace)
    {
        var timeline = new PictureTimeline();
        var (first, last) = (Timestamp.Zero, Timestamp.Zero);
        for (var i = 0; i < 600; i++)
        {
            last = timeline.Place(Sent + (i * pace / 30), Start + TimeSpan.FromSeconds(i / 30.0));
            first = i == 300 ? last : first;
        }

        Assert.Equal(299 / 30.0, (last - first).TotalSeconds, 0.05);
        Assert.Equal(30, timeline.FrameRate, 0.5);
    }

    [Fact]
    public void What_was_held_up_on_the_way_does_not_pass_for_wrong_times()
    {
        var timeline = new PictureTimeline();
        for (var i = 0; i < 900; i++)
        {
            // Each 10 s nothing comes for 2 s, and then all at once.
            var due = i / 30.0;
            var comes = due % 10 > 8 ? Math.Ceiling(due / 10) * 10 : due;
            Assert.Equal(due, timeline.Place(Sent + due, Start + TimeSpan.FromSeconds(comes)).TotalSeconds, 0.001);
        }
    }
}

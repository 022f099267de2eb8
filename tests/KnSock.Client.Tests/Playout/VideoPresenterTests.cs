using KnSock.Client.Playout;
using KnSock.Media;
using static KnSock.Client.Tests.Playout.Units;

namespace KnSock.Client.Tests.Playout;

public sealed class VideoPresenterTests
{
    [Theory]
    [InlineData(60, 1, 30, 2)]
    [InlineData(60_000, 1001, 30, 2)]
    [InlineData(50, 1, 30, 2)]
    [InlineData(120, 1, 30, 4)]
    [InlineData(30, 1, 30, 1)]
    [InlineData(30_000, 1001, 30, 1)]
    [InlineData(24_000, 1001, 30, 1)]
    [InlineData(25, 1, 30, 1)]
    [InlineData(60, 1, 60, 1)]
    public void Pictures_beyond_the_highest_rate_are_left_out_evenly(int numerator, int denominator, double highest, int every)
    {
        var rate = new FrameRate(numerator, denominator);
        var presenter = new VideoPresenter(highest);
        for (var i = 0; i < 10_000; i++)
        {
            var pts = rate.StartOf(i);
            var expected = i % every == 0 ? PictureAction.Present : PictureAction.LeaveOutForRate;
            Assert.Equal(expected, presenter.Decide(pts, pts, rate.PerSecond));
        }
    }

    [Theory]
    [InlineData(-10, PictureAction.Wait)]
    [InlineData(-0.4, PictureAction.Present)]
    [InlineData(40, PictureAction.Present)]
    [InlineData(41, PictureAction.LeaveOutLate)]
    public void A_picture_is_shown_when_it_is_due_and_not_when_it_is_late(double late, object expected)
    {
        var presenter = new VideoPresenter(30);
        presenter.Shown(Ms(900));
        Assert.Equal(expected, presenter.Decide(Ms(1000), Ms(1000 + late), 30));
    }

    [Theory]
    [InlineData(99, PictureAction.Present)]
    [InlineData(141, PictureAction.LeaveOutLate)]
    public void The_first_picture_may_have_begun_before_playout_does(double late, object expected) =>
        Assert.Equal(expected, new VideoPresenter(30).Decide(Ms(1000), Ms(1000 + late), frameRate: 10));

    [Theory]
    [InlineData(250, DecodeAction.Show)]
    [InlineData(251, DecodeAction.DecodeOnly)]
    [InlineData(1000, DecodeAction.DecodeOnly)]
    [InlineData(1001, DecodeAction.Jump)]
    public void The_later_a_unit_the_less_is_done_for_it(double late, object expected)
    {
        Assert.Equal(expected, VideoPresenter.Judge(Ms(1000), Ms(1000 + late)));
        Assert.Equal(DecodeAction.Show, VideoPresenter.Judge(Ms(1000), position: null));
    }
}

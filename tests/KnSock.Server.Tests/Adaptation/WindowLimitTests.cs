using KnSock.Server.Adaptation;

namespace KnSock.Server.Tests.Adaptation;

public sealed class WindowLimitTests
{
    private static readonly int[] Heights = [240, 360, 480, 720, 1080];

    private readonly WindowLimit _limit = new(Heights);

    [Theory]
    [InlineData(null, 4)]
    [InlineData(4000, 4)]
    [InlineData(1080, 4)]
    [InlineData(720, 4)]
    [InlineData(719, 3)]
    [InlineData(540, 3)]
    [InlineData(360, 2)]
    [InlineData(100, 0)]
    [InlineData(0, 0)]
    public void NoRungMoreThanOneStepAboveWhatTheWindowShows(int? lines, int highest)
    {
        _limit.Update(lines, TimeSpan.Zero);
        Assert.Equal(highest, _limit.Highest);
    }

    [Fact]
    public void TheReasonNamesTheLines()
    {
        _limit.Update(360, TimeSpan.Zero);
        Assert.Equal("the window shows 360 lines", _limit.Reason);
        _limit.Update(0, TimeSpan.FromSeconds(1));
        _limit.Update(0, TimeSpan.FromSeconds(3));
        Assert.Equal((0, "the picture is not seen"), (_limit.Highest, _limit.Reason));
    }

    [Fact]
    public void ALargerWindowCountsAtOnceAndASmallerOneWhenItStays()
    {
        _limit.Update(540, TimeSpan.Zero);
        _limit.Update(1080, TimeSpan.FromSeconds(1));
        Assert.Equal(4, _limit.Highest);
        _limit.Update(300, TimeSpan.FromSeconds(2));
        _limit.Update(300, TimeSpan.FromSeconds(3.9));
        Assert.Equal(4, _limit.Highest);
        _limit.Update(300, TimeSpan.FromSeconds(4));
        Assert.Equal(1, _limit.Highest);
    }

    [Fact]
    public void DraggingAWindowToAndFroChangesNothing()
    {
        _limit.Update(1080, TimeSpan.Zero);
        for (var i = 0; i < 600; i++)
        {
            // Each second and a half it is large for a moment.
            _limit.Update(i % 15 == 14 ? 1080 : 200 + (i * 37 % 500), TimeSpan.FromSeconds(i / 10.0));
            Assert.Equal(4, _limit.Highest);
        }
    }

    [Fact]
    public void AWindowThatIsHardlySmallerCountsAsBefore()
    {
        _limit.Update(720, TimeSpan.Zero);
        for (var i = 0; i < 100; i++)
        {
            _limit.Update(660 + (i % 60), TimeSpan.FromSeconds(i / 10.0));
            Assert.Equal(4, _limit.Highest);
        }
    }
}

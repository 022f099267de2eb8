namespace KnSock.Media.Tests;

public class TimestampTests
{
    [Fact]
    public void Frames_of_a_fractional_rate_never_accumulate_an_error()
    {
        var rate = new FrameRate(24000, 1001);
        Assert.Equal(1001L * 1_000_000 * 1000, rate.StartOf(24_000L * 1000).Microseconds);
    }

    [Theory]
    [InlineData(30, 1)]
    [InlineData(24000, 1001)]
    [InlineData(60000, 1001)]
    [InlineData(25, 1)]
    public void The_frame_at_the_start_of_a_frame_is_that_frame(int numerator, int denominator)
    {
        var rate = new FrameRate(numerator, denominator);
        for (var frame = 0L; frame < 10_000; frame++)
        {
            Assert.Equal(frame, rate.FrameAt(rate.StartOf(frame)));
        }
    }
}

using KnSock.Cli.Arguments;

namespace KnSock.Cli.Tests;

public sealed class DurationTests
{
    [Theory]
    [InlineData("10s", 10_000)]
    [InlineData("500ms", 500)]
    [InlineData("2m", 120_000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("20", 20_000)]
    [InlineData("1.5s", 1_500)]
    [InlineData(".5", 500)]
    [InlineData("10S", 10_000)]
    public void Reads_a_length(string text, double milliseconds)
    {
        Assert.True(Duration.TryParse(text, out var duration));
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), duration);
    }

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("0")]
    [InlineData("0ms")]
    [InlineData("-1s")]
    [InlineData("10 s")]
    [InlineData("1,5s")]
    [InlineData("ten")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("1e5")]
    [InlineData("10d")]
    [InlineData("9999999999999h")]
    public void Refuses_anything_else(string text) => Assert.False(Duration.TryParse(text, out _));

    [Theory]
    [InlineData("0", 0)]
    [InlineData("0s", 0)]
    [InlineData("0.0ms", 0)]
    [InlineData("10s", 10_000)]
    public void Reads_zero_where_that_means_something(string text, double milliseconds)
    {
        Assert.True(Duration.TryParseOrZero(text, out var duration));
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), duration);
        Assert.False(Duration.TryParseOrZero("0.00000001ms", out _));
        Assert.False(Duration.TryParseOrZero("-0s", out _));
    }

    [Theory]
    [InlineData(20, "0:20")]
    [InlineData(59.6, "1:00")]
    [InlineData(3723, "1:02:03")]
    [InlineData(90_000, "25:00:00")]
    public void Writes_a_length_as_a_clock_shows_it(double seconds, string clock) =>
        Assert.Equal(clock, Duration.ToClock(TimeSpan.FromSeconds(seconds)));
}

using KnSock.Cli.Arguments;

namespace KnSock.Cli.Tests;

public sealed class ChannelPositionTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("90", 90)]
    [InlineData("90s", 90)]
    [InlineData("0:00", 0)]
    [InlineData("1:30", 90)]
    [InlineData("90:00", 5400)]
    [InlineData("0:07.5", 7.5)]
    [InlineData("1:02:03", 3723)]
    public void Reads_what_players_show(string text, double seconds)
    {
        Assert.True(ChannelPosition.TryParse(text, out var position));
        Assert.Equal(seconds, position.TotalSeconds, 6);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-5")]
    [InlineData("1:60")]
    [InlineData("1:-5")]
    [InlineData("1.5:00")]
    [InlineData("1:2:3:4")]
    [InlineData(":30")]
    [InlineData("NaN:00")]
    [InlineData("99999999:00:00")]
    public void Refuses_anything_else(string text) => Assert.False(ChannelPosition.TryParse(text, out _));
}

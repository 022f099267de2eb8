using KnSock.Cli.Arguments;
using KnSock.Protocol.Messages;

namespace KnSock.Cli.Tests;

public sealed class ChannelChoiceTests
{
    private static readonly IReadOnlyList<ChannelInfo> Channels = [Make.Channel(0, "news"), Make.Channel(1, "2"), Make.Channel(2, "News")];

    [Theory]
    [InlineData(null, 0)]
    [InlineData("1", 1)]
    [InlineData("2", 2)]
    [InlineData("news", 0)]
    [InlineData("News", 2)]
    [InlineData("NEWS", 0)]
    public void An_index_goes_before_a_name_and_the_exact_name_before_another_case(string? wanted, int index)
    {
        Assert.True(ChannelChoice.TryFind(Channels, wanted, out var channel, out _));
        Assert.Equal(index, channel.Index);
    }

    [Theory]
    [InlineData("3")]
    [InlineData("-1")]
    [InlineData("film")]
    public void Says_what_there_is_when_there_is_no_such_channel(string wanted)
    {
        Assert.False(ChannelChoice.TryFind(Channels, wanted, out _, out var error));
        Assert.Contains("0 news, 1 2, 2 News", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_without_channels_is_an_error_not_a_crash() => Assert.False(ChannelChoice.TryFind([], null, out _, out _));
}

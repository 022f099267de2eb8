using KnSock.Client;
using KnSock.Server;

namespace KnSock.Cli.Tests;

public sealed class LiveStreamTests
{
    [Theory]
    [InlineData(-1)]
    [InlineData(65_526)]
    public async Task A_port_that_leaves_none_for_control_is_refused(int port) =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(nameof(port), () => LiveStream.StartAsync(port, ["a.mp4"]));

    [Fact]
    public async Task A_file_that_is_missing_is_named()
    {
        var fault = await Assert.ThrowsAsync<LiveStreamServerException>(() => LiveStream.StartAsync(0, ["/nowhere/a.mp4"], "127.0.0.1"));
        Assert.Contains("/nowhere/a.mp4", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', fault.Message);
    }

    [Fact]
    public async Task Connecting_to_nothing_names_the_server()
    {
        var fault = await Assert.ThrowsAsync<LiveStreamException>(() => LiveStream.ConnectAsync("127.0.0.1", 1));
        Assert.Contains("127.0.0.1:1", fault.Message, StringComparison.Ordinal);
    }
}

using KnSock.Protocol.Messages;
using KnSock.Server.Access;
using KnSock.Server.Tests.Encoding;

namespace KnSock.Server.Tests.Endpoints.Native;

/// <summary>Viewer tokens on the three ports.</summary>
public sealed class NativeTokenTests(SmallVideos videos) : IClassFixture<SmallVideos>
{
    private static readonly ViewerKeys Keys = new(new byte[32]);

    [Fact]
    public async Task WithoutAGoodTokenNothingIsToldOfWhatThereIs()
    {
        await using var running = await StartAsync();
        foreach (var (token, why) in ((string?, string)[])
            [(null, "this server asks for a viewer token"), ("a.b.c", "the viewer token is none of this server's"), (Token(seconds: -1, "*"), "the viewer token has expired; get a new one")])
        {
            var e = await Assert.ThrowsAsync<EndOfStreamException>(() => ConnectAsync(running, token));
            Assert.Equal($"token: {why}", e.Message);
        }

        using var viewer = await ConnectAsync(running, Token(60, "*"));
        Assert.Empty(viewer.Greeting.Videos);
        Assert.Equal(2, viewer.Catalog.Channels.Count);
        await Eventually.TrueAsync(() => running.Gauges.Sessions == 1);
    }

    [Fact]
    public async Task ATokenOpensItsChannelsAndNoOthers()
    {
        await using var running = await StartAsync();
        using var viewer = await ConnectAsync(running, Token(60, "plain-2.mp4", "none.mp4"));
        var channel = Assert.Single(viewer.Catalog.Channels);
        Assert.Equal(("plain-2.mp4", 1), (channel.Name, channel.Index));

        await viewer.SendAsync(new Select { Selection = 1, Name = "plain.mp4" });
        Assert.Equal("unknownChannel", (await viewer.ReceiveAsync<ErrorNotice>()).Code);
        await viewer.SendAsync(new Select { Selection = 2, Channel = 0 });
        Assert.Equal("unknownChannel", (await viewer.ReceiveAsync<ErrorNotice>()).Code);
        await viewer.SendAsync(new Select { Selection = 3, Channel = 1 });
        Assert.Equal(3u, (await viewer.ReceiveAsync<Selected>()).Selection);
        await Eventually.TrueAsync(() => TestViewer.Units(viewer.VideoFrames) > 5);
    }

    [Fact]
    public async Task ASessionEndsWithItsTokenAndIsToldWhy()
    {
        await using var running = await StartAsync();
        using var viewer = await ConnectAsync(running, Token(8, "*"));
        using var longer = await ConnectAsync(running, Token(600, "*"));
        await viewer.SendAsync(new Select { Selection = 1, Channel = 0 });
        var notice = await viewer.ReceiveAsync<ErrorNotice>();
        Assert.Equal(("token", "the viewer token has expired; get a new one"), (notice.Code, notice.Message));
        await viewer.VideoClosed.WaitAsync(TimeSpan.FromSeconds(20));
        await Eventually.TrueAsync(() => running.Gauges.Sessions == 1);
    }

    private static Task<TestViewer> ConnectAsync(RunningServer running, string? token) =>
        TestViewer.ConnectAsync(running.Server, new Hello { KnSock = 1, Client = "test", Token = token }, isSecure: false);

    private static string Token(double seconds, params string[] channels) =>
        Keys.Issue(new ViewerGrant { Channels = channels, Expires = DateTimeOffset.UtcNow.AddSeconds(seconds) });

    private Task<RunningServer> StartAsync() => RunningServer.StartAsync(videos, o => o with { ViewerKeys = Keys, VideoPaths = [.. o.VideoPaths, .. o.VideoPaths] });
}

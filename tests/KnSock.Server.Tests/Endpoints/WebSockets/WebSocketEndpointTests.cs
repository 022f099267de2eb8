using System.Net;
using System.Net.WebSockets;
using KnSock.Protocol.Messages;
using KnSock.Server.Tests.Encoding;
using KnSock.Server.Tests.Endpoints.Http;
using KnSock.Server.Tests.Endpoints.Native;
using KnSock.Server.Tests.Sessions;

namespace KnSock.Server.Tests.Endpoints.WebSockets;

public sealed class WebSocketEndpointTests(SmallVideos videos) : IClassFixture<SmallVideos>
{
    /// <summary>Around the web server, and, behind TLS, through it.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AViewerGetsTheSameFramesInTheSameOrderAsOnTcp(bool isSecure)
    {
        await using var serving = await WebServing.StartAsync(videos, isSecure: isSecure);
        using var viewer = await WebSocketViewer.GreetAsync(serving.Address);
        await viewer.PlayAsync();
        await viewer.SendAsync(new Ping { Id = 7 });
        await Eventually.TrueAsync(() => viewer.Messages.OfType<Pong>().Any(p => p.Id == 7));

        Assert.IsType<Catalog>(viewer.Messages.First());
        Assert.Single(viewer.Messages.OfType<Selected>());
        await Eventually.TrueAsync(() => TestViewer.Units(viewer.Frames) > 60);
        WireOrder.Check(viewer.Frames, serving.Running.Server.Serving!.Context.Channels.First().Timeline);

        await viewer.CloseAsync();
        await Eventually.TrueAsync(() => serving.Running.Gauges.Sessions == 0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task OneThatReadsNothingForAWhileGetsTheRestAfterwards(bool isSecure)
    {
        await using var serving = await WebServing.StartAsync(videos, isSecure: isSecure);
        using var viewer = await WebSocketViewer.GreetAsync(serving.Address);
        viewer.IsPaused = true;
        await viewer.SendAsync(new Select { Selection = 1, Channel = 0, From = StartPoint.Beginning });
        using var other = await WebSocketViewer.GreetAsync(serving.Address);
        await other.PlayAsync();
        viewer.IsPaused = false;
        await Eventually.TrueAsync(() => TestViewer.Units(viewer.Frames) > 100);
        WireOrder.Check(viewer.Frames, serving.Running.Server.Serving!.Context.Channels.First().Timeline);
    }

    [Fact]
    public async Task AtTheLiveEdgeManyAreServedTogether()
    {
        await using var serving = await WebServing.StartAsync(videos);
        var viewers = new List<WebSocketViewer>();
        for (var i = 0; i < 5; i++)
        {
            viewers.Add(await WebSocketViewer.GreetAsync(serving.Address));
            await viewers[i].PlayAsync(maxBufferSeconds: 0);
        }

        var before = viewers.ConvertAll(v => TestViewer.Units(v.Frames));
        await Eventually.TrueAsync(() => viewers.Zip(before).All(v => TestViewer.Units(v.First.Frames) > v.Second + 30));
        viewers.ForEach(v => v.Dispose());
        await Eventually.TrueAsync(() => serving.Running.Gauges.Sessions == 0);
    }

    [Fact]
    public async Task ItLiesBelowAPathOfTheProgram()
    {
        await using var serving = await WebServing.StartAsync(videos, prefix: "/live");
        using var viewer = await WebSocketViewer.GreetAsync(serving.Address, "/live/ws");
        await viewer.PlayAsync();
    }

    [Fact]
    public async Task AServerThatStopsSaysSo()
    {
        await using var serving = await WebServing.StartAsync(videos);
        using var viewer = await WebSocketViewer.GreetAsync(serving.Address);
        await Eventually.TrueAsync(() => !viewer.Messages.IsEmpty);
        await serving.Running.Server.StopAsync(CancellationToken.None);
        Assert.Equal((WebSocketCloseStatus.EndpointUnavailable, "the server stops"), await viewer.Closed.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task AProgramThatEndsFirstEndsItsViewers()
    {
        await using var serving = await WebServing.StartAsync(videos);
        using var viewer = await WebSocketViewer.GreetAsync(serving.Address);
        await viewer.PlayAsync();
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await serving.StopAsync(deadline.Token);
        await viewer.Closed.WaitAsync(TimeSpan.FromSeconds(10));
        await Eventually.TrueAsync(() => serving.Running.Gauges.Sessions == 0);
    }

    [Fact]
    public async Task PagesOfOtherOriginsAreRefusedUnlessTheyAreLetIn()
    {
        await using var serving = await WebServing.StartAsync(videos, options: new KnSockHttpOptions { AllowedOrigins = ["https://friend.example"] });
        Assert.Equal(HttpStatusCode.Forbidden, await RefusedAsync(serving, o => o.SetRequestHeader("Origin", "https://evil.example")));
        Assert.Equal(HttpStatusCode.Forbidden, await RefusedAsync(serving, o => o.SetRequestHeader("Origin", "null")));
        Assert.Equal(HttpStatusCode.Forbidden, await RefusedAsync(serving, o => o.SetRequestHeader("Origin", $"{serving.Address.Scheme}://{serving.Address.Host}:1")));
        foreach (var origin in (string[])["https://friend.example", serving.Address.GetLeftPart(UriPartial.Authority)])
        {
            using var viewer = await WebSocketViewer.OpenAsync(serving.Address, change: o => o.SetRequestHeader("Origin", origin));
        }
    }

    /// <summary>A proxy on the server's machine makes all its viewers look like programs there.</summary>
    [Theory]
    [InlineData(null, false)]
    [InlineData("X-Forwarded-For", true)]
    public async Task WhoComesThroughAProxyIsNotToldOfOtherViewers(string? header, bool isForbidden)
    {
        await using var serving = await WebServing.StartAsync(videos);
        using var viewer = await WebSocketViewer.OpenAsync(serving.Address, change: o =>
        {
            if (header is not null)
            {
                o.SetRequestHeader(header, "192.0.2.7");
            }
        });
        await viewer.SendAsync(new Hello { KnSock = 1 });
        await viewer.SendAsync(new Why());
        await Eventually.TrueAsync(() => viewer.Messages.Any(m => m is Explained or ErrorNotice));
        Assert.Equal(isForbidden, viewer.Messages.OfType<ErrorNotice>().Any(e => e.Code == "forbidden"));
    }

    [Fact]
    public async Task WhatIsNoViewerIsRefusedBeforeAnythingIsOpened()
    {
        await using var serving = await WebServing.StartAsync(videos, change: o => o with { MaxSessions = 1 });
        using var http = new HttpClient { BaseAddress = serving.Address };
        Assert.Equal(HttpStatusCode.UpgradeRequired, (await http.GetAsync("/ws")).StatusCode);
        using var first = await WebSocketViewer.GreetAsync(serving.Address);
        await Eventually.TrueAsync(() => !first.Messages.IsEmpty);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await RefusedAsync(serving, _ => { }));
        await first.CloseAsync();
        await Eventually.TrueAsync(() => serving.Running.Gauges.Sessions == 0);
        using var second = await WebSocketViewer.GreetAsync(serving.Address);
        await Eventually.TrueAsync(() => !second.Messages.IsEmpty);
    }

    [Theory]
    [InlineData("silent")]
    [InlineData("binary")]
    [InlineData("long")]
    [InlineData("select")]
    [InlineData("nonsense")]
    [InlineData("version")]
    public async Task OneThatDoesNotSayWhoItIsIsLetGo(string how)
    {
        await using var serving = await WebServing.StartAsync(videos, change: o => o with { HandshakeTimeout = TimeSpan.FromSeconds(how == "silent" ? 0.2 : 20) });
        using var viewer = await WebSocketViewer.OpenAsync(serving.Address);
        await (how switch
        {
            "binary" => viewer.SendAsync("{\"type\":\"hello\",\"knsock\":1}"u8.ToArray(), WebSocketMessageType.Binary),
            "long" => viewer.SendAsync(new byte[5000]),
            "select" => viewer.SendAsync(new Select { Selection = 1, Channel = 0, From = StartPoint.Live }),
            "nonsense" => viewer.SendAsync("hello"u8.ToArray()),
            "version" => viewer.SendAsync(new Hello { KnSock = 9 }),
            _ => Task.CompletedTask,
        });
        await viewer.Closed.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Empty(viewer.Messages);
        using var next = await WebSocketViewer.GreetAsync(serving.Address);
        await Eventually.TrueAsync(() => !next.Messages.IsEmpty);
    }

    [Fact]
    public async Task AMessageThatIsTooLongOrAFloodEndsTheSession()
    {
        await using var serving = await WebServing.StartAsync(videos);
        using var viewer = await WebSocketViewer.GreetAsync(serving.Address);
        await Eventually.TrueAsync(() => !viewer.Messages.IsEmpty);
        await viewer.SendAsync(new byte[5000]);
        await viewer.Closed.WaitAsync(TimeSpan.FromSeconds(10));

        using var flooding = await WebSocketViewer.GreetAsync(serving.Address);
        await Eventually.TrueAsync(() => !flooding.Messages.IsEmpty);
        await FloodAsync(flooding);
        Assert.Equal((WebSocketCloseStatus.NormalClosure, "it floods its control connection"), await flooding.Closed.WaitAsync(TimeSpan.FromSeconds(10)));
        await Eventually.TrueAsync(() => serving.Running.Gauges.Sessions == 0);
    }

    private static async Task FloodAsync(WebSocketViewer viewer)
    {
        try
        {
            for (var i = 0; i < 10_000; i++)
            {
                await viewer.SendAsync(new Stop { Selection = 1 });
            }
        }
        catch (Exception e) when (e is WebSocketException or IOException)
        {
            // It was let go already.
        }
    }

    private static async Task<HttpStatusCode?> RefusedAsync(WebServing serving, Action<ClientWebSocketOptions> change)
    {
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("knsock.1");
        socket.Options.CollectHttpResponseDetails = true;
        change(socket.Options);
        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(new UriBuilder(serving.Address) { Scheme = "ws", Path = "/ws" }.Uri, CancellationToken.None));
        return socket.HttpStatusCode;
    }
}

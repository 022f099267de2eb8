using KnSock.Protocol.Messages;
using KnSock.Server.Endpoints.Legacy;
using KnSock.Server.Tests.Encoding;
using KnSock.Server.Tests.Endpoints.Native;

namespace KnSock.Server.Tests.Endpoints.Legacy;

/// <summary>What kn-sock's own clients get, over real sockets on loopback and with the real ffmpeg.</summary>
public sealed class LegacyEndpointTests(SmallVideos videos) : IClassFixture<SmallVideos>
{
    [Fact]
    public async Task AClientGetsPictureAndSoundOverManySeams()
    {
        await using var running = await RunningServer.StartAsync(videos, video: "one-frame.mp4");
        using var client = await LegacyClient.ConnectAsync(running.Server);
        await client.ConnectSoundAsync(running.Server);
        await client.ConnectControlAsync(running.Server);
        await Eventually.TrueAsync(() => client.Pictures.Count > 120 && client.Sound.Count > 100);

        var times = client.Pictures.Select(p => p.Time).ToArray();
        Assert.All(times.Zip(times.Skip(1)), pair => Assert.True(pair.Second > pair.First));
        var sound = client.Sound.ToArray();
        Assert.All(sound.Zip(sound.Skip(1)), pair => Assert.True(pair.Second > pair.First));
        // They begin together, unless the machine takes its time to accept a connection.
        Assert.InRange(sound[0] - times[0], -0.001, 5);
        Assert.Equal(1, running.Gauges.Sessions);
        Assert.InRange(running.Children, 0, 4);

        client.Dispose();
        await Eventually.TrueAsync(() => running.Gauges.Sessions == 0 && running.Children == 0);
    }

    [Theory]
    [InlineData("{\"index\": 7}")]
    [InlineData("{\"index\": -1}")]
    [InlineData("{}")]
    public async Task AnIndexThatIsNotThereStandsForOneThatIs(string answer)
    {
        await using var running = await RunningServer.StartAsync(videos);
        using var client = await LegacyClient.ConnectAsync(running.Server, answer);

        await Eventually.TrueAsync(() => client.Pictures.Count > 3);
    }

    [Fact]
    public async Task WithoutItsOtherConnectionsAClientGetsThePicture()
    {
        await using var running = await RunningServer.StartAsync(videos);
        using var client = await LegacyClient.ConnectAsync(running.Server);

        await Eventually.TrueAsync(() => client.Pictures.Count > 30);
    }

    [Fact]
    public async Task TwoClientsBehindOneAddressGetTheirOwnConnections()
    {
        await using var running = await RunningServer.StartAsync(videos);
        using var first = await LegacyClient.ConnectAsync(running.Server);
        // Who answers first is first, and answers are heard by tasks of their own.
        await Eventually.TrueAsync(() => running.Gauges.Sessions == 1);
        using var second = await LegacyClient.ConnectAsync(running.Server);
        foreach (var client in new[] { first, second })
        {
            await client.ConnectSoundAsync(running.Server);
            await client.ConnectControlAsync(running.Server);
            // Control connections are heard on loops of their own, so that the other's would be as good as first.
            await Eventually.TrueAsync(() => client.Sound.Count > 20);
        }

        // Whoever leaves takes its own connections along.
        first.Dispose();
        await Eventually.TrueAsync(() => running.Gauges.Sessions == 1);
        var count = second.Sound.Count;
        await Eventually.TrueAsync(() => second.Sound.Count > count + 20);
        Assert.False(second.VideoClosed.IsCompleted);
    }

    [Fact]
    public async Task SoundThatNobodyWaitsForIsStillAnOrdinaryViewersWhoseLineIsLate()
    {
        await using var running = await RunningServer.StartAsync(videos);
        using var video = await TestViewer.OpenAsync(running.Server.VideoPort);
        var greeting = MessageJson.ReadGreeting((await TestViewer.ReadLineAsync(
            System.IO.Pipelines.PipeReader.Create(new System.Net.Sockets.NetworkStream(video)), new Protocol.LineReader(Protocol.ProtocolLimits.MaxServerLine)))!);
        await video.SendAsync(MessageJson.WriteLine(new Attach { KnSock = 1 }));
        using var audio = await TestViewer.OpenAsync(running.Server.AudioPort);
        using var control = await TestViewer.OpenAsync(running.Server.ControlPort);
        await control.SendAsync(MessageJson.WriteLine(new Hello { KnSock = 1, Session = greeting.Session! }));
        // A kn-sock client from another address would be served meanwhile; here none waits.
        await Task.Delay(LegacyEndpoint.Silence * 2);
        await audio.SendAsync(MessageJson.WriteLine(new Attach { KnSock = 1, Session = greeting.Session }));

        await Eventually.TrueAsync(() => running.Gauges.Sessions == 1);
    }

    [Fact]
    public async Task ReportsThatCannotBeTrueChangeNothing()
    {
        await using var running = await RunningServer.StartAsync(videos);
        using var client = await LegacyClient.ConnectAsync(running.Server);
        using var control = await client.ConnectControlAsync(running.Server, "{\"buffer_level\": -5}");
        foreach (var line in (string[])["{\"buffer_level\": 1e999}", "{\"buffer_level\": NaN}", "rubbish", "{\"buffer_level\": \"0\"}", ""])
        {
            await control.SendAsync(System.Text.Encoding.UTF8.GetBytes(line + "\n"));
        }

        await Eventually.TrueAsync(() => client.Pictures.Count > 30);
        Assert.False(client.VideoClosed.IsCompleted);
        await control.SendAsync(new byte[Protocol.ProtocolLimits.MaxClientLine + 10]);
        await Eventually.TrueAsync(() => client.VideoClosed.IsCompleted);
    }

    /// <summary>They may be anybody's, so they count among those that are connecting for as long as that may take.</summary>
    [Fact]
    public async Task ReportsThatNobodyWaitsForHaveTheirPlaces()
    {
        await using var running = await RunningServer.StartAsync(
            videos, o => o with { MaxPendingConnections = 8, MaxPendingConnectionsPerAddress = 8, CountsLoopback = true, HandshakeTimeout = TimeSpan.FromSeconds(20) });
        var sockets = new List<System.Net.Sockets.Socket>();
        for (var i = 0; i < 8; i++)
        {
            var socket = await TestViewer.OpenAsync(running.Server.ControlPort);
            sockets.Add(socket);
            await socket.SendAsync("{\"buffer_level\": 0.2}\n"u8.ToArray());
        }

        await Eventually.TrueAsync(() => running.Server.Serving!.Pending.Taken == 8);
        for (var i = 0; i < 20; i++)
        {
            using var refused = await TestViewer.OpenAsync(running.Server.VideoPort);
            var line = await TestViewer.ReadLineAsync(
                System.IO.Pipelines.PipeReader.Create(new System.Net.Sockets.NetworkStream(refused)), new Protocol.LineReader(Protocol.ProtocolLimits.MaxServerLine));
            Assert.Equal("full", Assert.IsType<ErrorNotice>(MessageJson.ReadControl(line)).Code);
        }

        sockets.ForEach(s => s.Dispose());
    }

    [Fact]
    public async Task AClientThatTakesNothingIsLetGoAndAnotherPlaysOn()
    {
        await using var running = await RunningServer.StartAsync(videos, o => o with { NoProgressTimeout = TimeSpan.FromSeconds(2) });
        using var good = await LegacyClient.ConnectAsync(running.Server);
        using var stalled = await TestViewer.OpenAsync(running.Server.VideoPort);
        stalled.ReceiveBufferSize = 4096;
        await stalled.SendAsync("{\"index\": 0}\n"u8.ToArray());
        await Eventually.TrueAsync(() => running.Gauges.Sessions == 2);

        await Eventually.TrueAsync(() => running.Gauges.Sessions == 1);
        var count = good.Pictures.Count;
        await Eventually.TrueAsync(() => good.Pictures.Count > count + 30);
        Assert.False(good.VideoClosed.IsCompleted);
    }

    [Fact]
    public async Task AServerThatIsSetNotToServeThemClosesThem()
    {
        await using var running = await RunningServer.StartAsync(videos, o => o with { AcceptsLegacyClients = false });
        using var client = await LegacyClient.ConnectAsync(running.Server);

        await Eventually.TrueAsync(() => client.VideoClosed.IsCompleted);
        Assert.Empty(client.Pictures);
        await running.AssertServesAsync();
    }

    [Fact]
    public async Task AFullServerRefusesAndASlotComesFree()
    {
        await using var running = await RunningServer.StartAsync(videos, o => o with { MaxSessions = 1 });
        var first = await LegacyClient.ConnectAsync(running.Server);
        await Eventually.TrueAsync(() => !first.Pictures.IsEmpty);

        // In place of the greeting comes a line that says why.
        var refused = await Assert.ThrowsAnyAsync<Exception>(() => LegacyClient.ConnectAsync(running.Server));
        Assert.Contains("full", refused.ToString(), StringComparison.Ordinal);
        first.Dispose();
        await Eventually.TrueAsync(() => running.Gauges.Sessions == 0);

        await running.AssertServesAsync();
    }
}

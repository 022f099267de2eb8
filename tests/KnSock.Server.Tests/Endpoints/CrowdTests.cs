using System.Collections.Concurrent;
using System.Net.Sockets;
using KnSock.Protocol;
using KnSock.Protocol.Messages;
using KnSock.Server.Tests.Encoding;
using KnSock.Server.Tests.Endpoints.Http;
using KnSock.Server.Tests.Endpoints.Native;

namespace KnSock.Server.Tests.Endpoints;

/// <summary>Many at once, and those who come to hold up others.</summary>
public sealed class CrowdTests(SmallVideos videos) : IClassFixture<SmallVideos>
{
    private const int Comers = 10_000;

    /// <summary>Ten thousand on each port: places, sessions, sockets and tasks are where they were.</summary>
    [Theory]
    [InlineData("video")]
    [InlineData("audio")]
    [InlineData("control")]
    [InlineData("http")]
    public async Task TenThousandWhoComeAndGoLeaveNothingBehind(string port)
    {
        await using var serving = await WebServing.StartAsync(videos, change: o => o with { HandshakeTimeout = TimeSpan.FromSeconds(5), CountsLoopback = true });
        var server = serving.Running.Server;
        await serving.Running.AssertServesAsync();
        await Eventually.TrueAsync(() => serving.Running.Gauges.Sessions == 0 && server.Serving!.Pending.Taken == 0);
        var descriptors = Descriptors();
        var memory = GC.GetTotalMemory(forceFullCollection: true);

        await Parallel.ForEachAsync(Enumerable.Range(0, Comers), new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (i, _) =>
        {
            using var socket = await TestViewer.OpenAsync(PortOf(serving, port));
            socket.LingerState = new LingerOption(enable: i % 2 == 0, seconds: 0);
            if (i % 5 == 0)
            {
                await SayAsync(socket, "{\"knsock\":1,\"session\":\"none\"}\n");
            }
        });

        await Eventually.TrueAsync(() => server.Serving!.Pending.Taken == 0 && server.Serving.Pending.Addresses == 0);
        Assert.Equal(0, serving.Running.Gauges.Sessions);
        // Other tests of this process come and go meanwhile; ten thousand that stayed would be more than all of them.
        await Eventually.TrueAsync(() => Descriptors() <= descriptors + (Comers / 10));
        await Eventually.TrueAsync(() => GC.GetTotalMemory(forceFullCollection: true) - memory < 100L << 20);
        await serving.Running.AssertServesAsync();
    }

    /// <summary>Who says nothing, or says it byte by byte, on all ports: those who play have no stall, newcomers get in, and on the three ports all of these are gone when their time is up.</summary>
    [Fact]
    public async Task SlowlorisOnAllPortsHoldsNobodyUp()
    {
        await using var serving = await WebServing.StartAsync(videos, change: o => o with { HandshakeTimeout = TimeSpan.FromSeconds(5) });
        var good = await GoodViewersAsync(serving.Running.Server, 20);
        var sockets = new ConcurrentBag<(Socket Socket, bool IsHttp)>();
        foreach (var port in (string[])["video", "audio", "control", "http"])
        {
            await Parallel.ForEachAsync(Enumerable.Range(0, 200), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (_, _) => sockets.Add((await TestViewer.OpenAsync(PortOf(serving, port)), port == "http")));
        }

        await Parallel.ForEachAsync(sockets, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (s, _) => await SayAsync(s.Socket, s.IsHttp ? "GET / HT" : "{\"kns"));
        await serving.Running.AssertServesAsync();

        // Another byte of each now and then does not give it more time.
        await Eventually.TrueAsync(() =>
        {
            foreach (var (socket, _) in sockets)
            {
                try
                {
                    socket.Send("o"u8);
                }
                catch (SocketException)
                {
                    // Closed, as it should be.
                }
            }

            return serving.Running.Server.Serving!.Pending.Taken == 0;
        });
        await good.AssertNoStallsAsync();
        foreach (var (socket, _) in sockets)
        {
            socket.Dispose();
        }
    }

    /// <summary>Two hundred who select and take nothing: they are let go when their time is up, newcomers beyond the limit are told, and those who play go on.</summary>
    [Fact]
    public async Task TwoHundredWhoTakeNothingAreLetGoAndNewcomersAreTold()
    {
        await using var running = await RunningServer.StartAsync(videos, o => o with { MaxSessions = 210, NoProgressTimeout = TimeSpan.FromSeconds(5), MaxBuffer = TimeSpan.FromMinutes(2) });
        var good = await GoodViewersAsync(running.Server, 10);
        var stalled = new ConcurrentBag<TestViewer>();
        await Parallel.ForEachAsync(Enumerable.Range(0, 200), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (_, _) =>
        {
            var viewer = await TestViewer.ConnectAsync(running.Server, sharedAudio: true);
            viewer.IsPaused = true;
            viewer.Video.ReceiveBufferSize = 4096;
            stalled.Add(viewer);
            await viewer.SendAsync(new Select { Selection = 1, Channel = 0, From = StartPoint.Beginning });
        });

        var e = await Assert.ThrowsAsync<EndOfStreamException>(() => TestViewer.ConnectAsync(running.Server));
        Assert.StartsWith("full: the server is full", e.Message, StringComparison.Ordinal);

        // They say that they are there, and take nothing.
        await Eventually.TrueAsync(() =>
        {
            foreach (var viewer in stalled)
            {
                _ = SayAsync(viewer.Control, "{\"type\":\"ping\",\"id\":1}\n");
            }

            Thread.Sleep(200);
            return running.Gauges.Sessions == 10;
        });
        await good.AssertNoStallsAsync();
        await running.AssertServesAsync();
        foreach (var viewer in stalled)
        {
            viewer.IsPaused = false;
            viewer.Dispose();
        }
    }

    [Fact]
    public async Task AnAddressHasItsLimitAndASlotComesFreeOnEveryWayOut()
    {
        await using var running = await RunningServer.StartAsync(videos, o => o with { MaxSessionsPerAddress = 2, CountsLoopback = true });
        foreach (var way in (string[])["close", "vanish", "flood", "nonsense"])
        {
            using var one = await TestViewer.ConnectAsync(running.Server);
            using var two = await TestViewer.ConnectAsync(running.Server);
            var e = await Assert.ThrowsAsync<EndOfStreamException>(() => TestViewer.ConnectAsync(running.Server));
            Assert.StartsWith("full: there are as many viewers from your address", e.Message, StringComparison.Ordinal);
            two.Vanish();
            switch (way)
            {
                case "close":
                    one.Dispose();
                    break;
                case "vanish":
                    one.Vanish();
                    break;
                case "flood":
                    await SayAsync(one.Control, string.Concat(Enumerable.Repeat("{\"type\":\"ping\",\"id\":1}\n", 2000)));
                    break;
                default:
                    await SayAsync(one.Control, new string('x', 5000));
                    break;
            }

            await Eventually.TrueAsync(() => running.Gauges.Sessions == 0);
        }
    }

    /// <summary>More than may be connecting at a time are told so in a line, also when they come all at once, and there is room again when they have gone.</summary>
    [Fact]
    public async Task NoMoreMayBeConnectingThanSaid()
    {
        await using var running = await RunningServer.StartAsync(videos, o => o with { MaxPendingConnections = 16, MaxPendingConnectionsPerAddress = 12, CountsLoopback = true, HandshakeTimeout = TimeSpan.FromSeconds(20) });
        var sockets = new ConcurrentBag<Socket>();
        await Parallel.ForEachAsync(Enumerable.Range(0, 60), async (_, _) => sockets.Add(await TestViewer.OpenAsync(running.Server.VideoPort)));
        var lines = await Task.WhenAll(sockets.Select(async s => await TestViewer.ReadLineAsync(System.IO.Pipelines.PipeReader.Create(new NetworkStream(s)), new LineReader(ProtocolLimits.MaxServerLine))));

        Assert.Equal(12, lines.Count(l => l.AsSpan().StartsWith("{\"videos\""u8)));
        var refused = lines.Where(l => !l.AsSpan().StartsWith("{\"videos\""u8)).Select(l => (ErrorNotice)MessageJson.ReadControl(l)!).ToList();
        Assert.All(refused, r => Assert.Equal("full", r.Code));
        Assert.Contains(refused, r => r.Message.StartsWith("too many are connecting from your address", StringComparison.Ordinal));
        foreach (var socket in sockets)
        {
            socket.Dispose();
        }

        await Eventually.TrueAsync(() => running.Server.Serving!.Pending.Taken == 0);
        await running.AssertServesAsync();
    }

    private static int PortOf(WebServing serving, string port) => port switch
    {
        "video" => serving.Running.Server.VideoPort,
        "audio" => serving.Running.Server.AudioPort,
        "control" => serving.Running.Server.ControlPort,
        _ => serving.Address.Port,
    };

    private static int Descriptors() => OperatingSystem.IsLinux() ? Directory.GetFileSystemEntries("/proc/self/fd").Length : 0;

    private static async Task SayAsync(Socket socket, string text)
    {
        try
        {
            await socket.SendAsync(System.Text.Encoding.UTF8.GetBytes(text));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Closed already.
        }
    }

    private static async Task<GoodViewers> GoodViewersAsync(LiveStreamServer server, int count)
    {
        var viewers = new GoodViewers();
        for (var i = 0; i < count; i++)
        {
            await viewers.AddAsync(server);
        }

        await viewers.SettleAsync();
        return viewers;
    }
}

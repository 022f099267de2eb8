using System.Net.Sockets;
using KnSock.Protocol;
using KnSock.Protocol.Messages;
using KnSock.Server.Tests.Encoding;

namespace KnSock.Server.Tests.Endpoints.Native;

/// <summary>Viewers that vanish, flood, lie, or come and go, over real sockets on loopback.</summary>
public sealed class NativeDisturbanceTests(SmallVideos videos) : IClassFixture<SmallVideos>
{
    [Theory]
    [InlineData("video")]
    [InlineData("audio")]
    [InlineData("control")]
    [InlineData("all")]
    public async Task AViewerThatVanishesFreesItsSessionAndEncoders(string which)
    {
        await using var running = await RunningServer.StartAsync(videos, o => o with { MaxBuffer = TimeSpan.FromSeconds(1) });
        using var viewer = await TestViewer.ConnectAsync(running.Server);
        await viewer.PlayAsync();
        // The sound's connection shows its end at the next write, so the viewer goes on playing.
        using var playing = new CancellationTokenSource();
        var feeding = which == "audio" ? FeedAsync(viewer, playing.Token) : Task.CompletedTask;

        if (which == "all")
        {
            viewer.Vanish();
        }
        else
        {
            var socket = which switch { "video" => viewer.Video, "audio" => viewer.Audio, _ => viewer.Control };
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
            socket.Dispose();
        }

        await Eventually.TrueAsync(() => running.Gauges.Sessions == 0);
        await Eventually.TrueAsync(() => running.Gauges.Encoders == 0 && running.Children == 0);
        await playing.CancelAsync();
        await feeding;
    }

    [Fact]
    public async Task LiesInFeedbackDoNoHarm()
    {
        await using var running = await RunningServer.StartAsync(videos);
        using var viewer = await TestViewer.ConnectAsync(running.Server);
        await viewer.PlayAsync();
        string[] lies =
        [
            "{\"type\":\"feedback\",\"selection\":1,\"state\":\"playing\",\"positionSeconds\":1e8,\"videoBufferSeconds\":0,\"audioBufferSeconds\":3600}\n",
            "{\"type\":\"feedback\",\"selection\":1,\"state\":\"stalled\",\"positionSeconds\":-1,\"videoBufferSeconds\":0,\"audioBufferSeconds\":0}\n",
            "{\"type\":\"feedback\",\"selection\":9,\"state\":\"playing\",\"positionSeconds\":1e300,\"videoBufferSeconds\":1e300,\"audioBufferSeconds\":0}\n",
            "{\"type\":\"unheard of\",\"selection\":[[[]]]}\n",
        ];
        for (var i = 0; i < 200; i++)
        {
            await viewer.Control.SendAsync(System.Text.Encoding.UTF8.GetBytes(string.Concat(lies)));
        }

        await viewer.SendAsync(new Ping { Id = 5 });
        Assert.Equal(5, (await viewer.ReceiveAsync<Pong>()).Id);
        Assert.Equal(1, running.Gauges.Sessions);
    }

    /// <summary>Feedback with a number that is none, or is none of ours, is ignored as a whole, and counted; what is sent stays as it is.</summary>
    [Theory]
    [InlineData("\"videoBufferSeconds\":-5,\"audioBufferSeconds\":1")]
    [InlineData("\"videoBufferSeconds\":\"0.2\",\"audioBufferSeconds\":1")]
    [InlineData("\"videoBufferSeconds\":null,\"audioBufferSeconds\":1")]
    [InlineData("\"videoBufferSeconds\":1e999,\"audioBufferSeconds\":1")]
    [InlineData("\"videoBufferSeconds\":NaN,\"audioBufferSeconds\":1")]
    [InlineData("\"audioBufferSeconds\":1")]
    [InlineData("\"videoBufferSeconds\":0,\"videoBufferSeconds\":1,\"audioBufferSeconds\":1")]
    public async Task FeedbackThatMakesNoSenseIsCountedAndChangesNothing(string buffers)
    {
        await using var running = await RunningServer.StartAsync(videos);
        using var viewer = await TestViewer.ConnectAsync(running.Server);
        await viewer.PlayAsync();
        var before = running.Gauges.Ignored;
        await viewer.Control.SendAsync(System.Text.Encoding.UTF8.GetBytes($"{{\"type\":\"feedback\",\"selection\":1,\"state\":\"stalled\",{buffers}}}\n"));
        await viewer.SendAsync(new Ping { Id = 5 });

        Assert.Equal(5, (await viewer.ReceiveAsync<Pong>()).Id);
        Assert.Equal(before + 1, running.Gauges.Ignored);
        Assert.Single(viewer.VideoFrames.Where(f => f.Header.Kind == FrameKind.AccessUnit).Select(f => f.Header.Rendition).Distinct());
    }

    /// <summary>Three who flood, each in its way: they are let go, and one who plays at the live edge on the same loop does not notice.</summary>
    [Fact]
    public async Task WhoFloodsIsLetGoAndOthersDoNotNotice()
    {
        await using var running = await RunningServer.StartAsync(videos, o => o with { SenderLoops = 1 });
        using var honest = await TestViewer.ConnectAsync(running.Server);
        await honest.SendAsync(new Select { Selection = 1, Channel = 0, MaxBufferSeconds = 0 });
        using var playing = new CancellationTokenSource();
        var feeding = FeedAsync(honest, playing.Token);
        await Eventually.TrueAsync(() => TestViewer.Units(honest.VideoFrames) > 120);
        var calm = honest.VideoFrames.Count;
        string[] floods =
        [
            "{\"type\":\"feedback\",\"selection\":1,\"state\":\"playing\",\"positionSeconds\":1,\"videoBufferSeconds\":1,\"audioBufferSeconds\":1}\n",
            "{\"type\":\"ping\",\"id\":1}\n",
            "x\n",
        ];
        foreach (var line in floods)
        {
            using var flooding = await TestViewer.ConnectAsync(running.Server);
            await flooding.PlayAsync();
            await FloodAsync(flooding, System.Text.Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(line, 50))));
            await Eventually.TrueAsync(() => running.Gauges.Sessions == 1);
        }

        // Those of the floods, and the first after the first mark behind them, at least.
        var heard = TestViewer.Units(honest.VideoFrames);
        await Eventually.TrueAsync(() => TestViewer.Units(honest.VideoFrames) > heard + 120);
        // On a machine that is busy with other things pictures are late anyway.
        var frames = honest.VideoFrames.ToArray();
        var (before, during) = (Late(frames[..calm]), Late(frames[calm..]));
        Assert.True(during < TimeSpan.FromMilliseconds(250) + (3 * before), $"1 of 100 pictures came {during} late, and {before} before the floods");

        await playing.CancelAsync();
        await feeding;

        static TimeSpan Late(Arrived[] frames) => Lateness(frames) is var lateness ? lateness[lateness.Count * 99 / 100] : default;
    }

    /// <summary>Ten times what is looked at, as long as a second: nothing comes of it.</summary>
    [Fact]
    public async Task ManyReportsAreNoFlood()
    {
        await using var running = await RunningServer.StartAsync(videos);
        using var viewer = await TestViewer.ConnectAsync(running.Server);
        await viewer.PlayAsync();
        for (var i = 0; i < 2000; i++)
        {
            await viewer.SendAsync(new Feedback { Selection = 1, State = PlayoutState.Playing, PositionSeconds = 0.1, VideoBufferSeconds = 1, AudioBufferSeconds = 1 });
        }

        await viewer.SendAsync(new Ping { Id = 5 });
        Assert.Equal(5, (await viewer.ReceiveAsync<Pong>()).Id);
        Assert.Equal(1, running.Gauges.Sessions);
    }

    [Fact]
    public async Task PeersThatComeAndGoLeaveNothingBehind()
    {
        await using var running = await RunningServer.StartAsync(videos, o => o with { MaxSessions = 20, HandshakeTimeout = TimeSpan.FromMilliseconds(500) });
        foreach (var port in (int[])[running.Server.VideoPort, running.Server.AudioPort, running.Server.ControlPort])
        {
            for (var i = 0; i < 100; i++)
            {
                using var socket = await TestViewer.OpenAsync(port);
                if (i % 2 == 0)
                {
                    socket.LingerState = new LingerOption(enable: true, seconds: 0);
                }
            }
        }

        // All twenty places are free again.
        var viewers = new List<TestViewer>();
        while (viewers.Count < 20)
        {
            try
            {
                viewers.Add(await TestViewer.ConnectAsync(running.Server));
            }
            catch (Exception e) when (e is EndOfStreamException or SocketException)
            {
                await Task.Delay(20);
            }
        }

        Assert.Equal(20, running.Gauges.Sessions);
        viewers.ForEach(v => v.Dispose());
        await Eventually.TrueAsync(() => running.Gauges.Sessions == 0);
        Assert.Equal(0, running.Children);
    }

    /// <summary>Says the same 10,000 times a second or more, until it is let go.</summary>
    private static async Task FloodAsync(TestViewer viewer, byte[] lines)
    {
        try
        {
            while (!viewer.VideoClosed.IsCompleted)
            {
                await viewer.Control.SendAsync(lines);
            }
        }
        catch (SocketException)
        {
            // Let go.
        }
    }

    /// <summary>How much later than the one that came soonest each picture came, in order.</summary>
    private static List<TimeSpan> Lateness(IEnumerable<Arrived> frames)
    {
        TimeSpan? turn = null;
        var took = new List<TimeSpan>();
        foreach (var frame in frames)
        {
            turn = frame.Mark?.TurnStart.SinceZero ?? turn;
            if (frame.Header.Kind == FrameKind.AccessUnit && turn is { } begun)
            {
                took.Add(frame.At - begun - frame.Header.Dts.SinceZero);
            }
        }

        // What lay behind the live edge came at once, and the turn is known from the first mark on.
        took.RemoveRange(0, 30);
        var least = took.Min();
        return [.. took.Select(t => t - least).Order()];
    }

    private static async Task FeedAsync(TestViewer viewer, CancellationToken cancellationToken)
    {
        for (var position = 0.0; !cancellationToken.IsCancellationRequested; position += 0.1)
        {
            try
            {
                await viewer.SendAsync(new Feedback
                {
                    Selection = 1, State = PlayoutState.Playing, PositionSeconds = position, VideoBufferSeconds = 0.5, AudioBufferSeconds = 0.5,
                });
                await Task.Delay(100, cancellationToken);
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                return;
            }
        }
    }
}

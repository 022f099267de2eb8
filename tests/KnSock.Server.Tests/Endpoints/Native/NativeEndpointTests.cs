using System.IO.Pipelines;
using System.Net.Sockets;
using KnSock.Media;
using KnSock.Protocol;
using KnSock.Protocol.Messages;
using KnSock.Server.Tests.Encoding;

namespace KnSock.Server.Tests.Endpoints.Native;

/// <summary>Real sockets on loopback.</summary>
public sealed class NativeEndpointTests(SmallVideos videos) : IClassFixture<SmallVideos>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task FramesComeInOrder()
    {
        await using var running = await RunningServer.StartAsync(videos);
        using var viewer = await TestViewer.ConnectAsync(running.Server);
        Assert.Equal("plain.mp4", Assert.Single(viewer.Catalog.Channels).Name);

        await viewer.PlayAsync(selection: 7);

        foreach (var frames in new[] { viewer.VideoFrames, viewer.AudioFrames })
        {
            var first = frames.Take(3).ToArray();
            Assert.Equal([FrameKind.Mark, FrameKind.Configuration, FrameKind.AccessUnit], first.Select(f => f.Header.Kind));
            Assert.Equal(7u, first[0].Mark!.Value.Selection);
            Assert.True(first[0].Header.Flags.HasFlag(FrameFlags.Discontinuity));
            Assert.True(first[2].Header.Flags.HasFlag(FrameFlags.Keyframe));
        }

        await viewer.SendAsync(new Ping { Id = 42 });
        Assert.Equal(42, (await viewer.ReceiveAsync<Pong>()).Id);
    }

    [Theory]
    [InlineData("one-frame.mp4")]
    [InlineData("tiny-tail.mp4")]
    [InlineData("no-sound.mp4")]
    public async Task ShortAndOddLoopsPlayOverManySeams(string video)
    {
        await using var running = await RunningServer.StartAsync(videos, video: video);
        using var viewer = await TestViewer.ConnectAsync(running.Server);
        await viewer.SendAsync(new Select { Selection = 1, Channel = 0, From = StartPoint.Beginning });
        var duration = viewer.Catalog.Channels[0].DurationSeconds;

        // MaxBuffer is 8 s, so that much comes without any feedback.
        await Eventually.TrueAsync(() => viewer.VideoFrames.Count(f => f.Mark is not null) > 4 && Turns(viewer.VideoFrames) >= (int)(7.5 / duration));
        await Eventually.TrueAsync(() => Turns(viewer.AudioFrames) >= (int)(7.5 / duration));

        Assert.InRange(running.Children, 0, 4);
    }

    [Theory]
    [InlineData("video")]
    [InlineData("audio")]
    [InlineData("control")]
    public async Task WhoSaysNothingIsClosed(string port)
    {
        await using var running = await RunningServer.StartAsync(videos, o => o with { HandshakeTimeout = TimeSpan.FromMilliseconds(200) });
        using var socket = await OpenAsync(running.Server, port);

        await AssertClosedAsync(socket);

        await AssertServesAsync(running);
    }

    [Theory]
    [InlineData("video")]
    [InlineData("audio")]
    [InlineData("control")]
    public async Task WhatIsNoProperLineIsClosed(string port)
    {
        await using var running = await RunningServer.StartAsync(videos);
        var tooLong = new byte[ProtocolLimits.MaxClientLine + 1];
        Array.Fill(tooLong, (byte)' ');
        var random = new byte[20_000];
        new Random(1).NextBytes(random);
        byte[][] bad =
        [
            tooLong, random, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray(), "{}\n"u8.ToArray(), "null\n"u8.ToArray(), "[]\n"u8.ToArray(), "\n"u8.ToArray(),
            "{\"knsock\":1e99}\n"u8.ToArray(), "{\"type\":\"hello\"}\n"u8.ToArray(), "{\"type\":\"ping\",\"id\":1}\n"u8.ToArray(), "{\"type\":\"\\ud800\"}\n"u8.ToArray(),
            [0xFF, 0xFE, (byte)'\n'], "{\"index\":0}\n"u8.ToArray(), "{\"knsock\":2}\n"u8.ToArray(), "{\"knsock\":1,\"session\":\"0123\"}\n"u8.ToArray(),
        ];
        foreach (var bytes in bad.Where(b => port != "video" || !System.Text.Encoding.ASCII.GetString(b).Contains("\"knsock\":1,", StringComparison.Ordinal)))
        {
            using var socket = await OpenAsync(running.Server, port);
            await socket.SendAsync(bytes);
            await AssertClosedAsync(socket);
        }

        await AssertServesAsync(running);
    }

    [Theory]
    [InlineData("{\"type\":\"hello\",\"knsock\":1,\"session\":\"0123\"}", "unknownSession")]
    [InlineData("{\"type\":\"hello\",\"knsock\":9,\"session\":\"0123\"}", "version")]
    public async Task TheControlPortSaysWhyItRefuses(string hello, string code)
    {
        await using var running = await RunningServer.StartAsync(videos);
        using var socket = await TestViewer.OpenAsync(running.Server.ControlPort);
        await socket.SendAsync(System.Text.Encoding.UTF8.GetBytes(hello + "\n"));

        var input = PipeReader.Create(new NetworkStream(socket));
        var line = await TestViewer.ReadLineAsync(input, new LineReader(ProtocolLimits.MaxServerLine));

        Assert.Equal(code, Assert.IsType<ErrorNotice>(MessageJson.ReadControl(line)).Code);
        await AssertClosedAsync(socket);
    }

    [Fact]
    public async Task ATokenTiesOneConnectionOfEachKind()
    {
        await using var running = await RunningServer.StartAsync(videos);
        using var viewer = await TestViewer.ConnectAsync(running.Server);
        await viewer.PlayAsync();

        using var video = await TestViewer.OpenAsync(running.Server.VideoPort);
        var greeting = MessageJson.ReadGreeting(
            (await TestViewer.ReadLineAsync(PipeReader.Create(new NetworkStream(video)), new LineReader(ProtocolLimits.MaxServerLine)))!);
        using var one = await TestViewer.OpenAsync(running.Server.AudioPort);
        using var two = await TestViewer.OpenAsync(running.Server.AudioPort);
        await one.SendAsync(MessageJson.WriteLine(new Attach { KnSock = 1, Session = greeting.Session }));
        await Task.Delay(50);
        await two.SendAsync(MessageJson.WriteLine(new Attach { KnSock = 1, Session = greeting.Session }));

        await AssertClosedAsync(two);
    }

    [Theory]
    [InlineData(StartPoint.Live, 0)]
    [InlineData(StartPoint.Beginning, 4)]
    public async Task SoundComesOnThePicturesConnectionForWhomWantsItThere(StartPoint from, double maxBuffer)
    {
        await using var running = await RunningServer.StartAsync(videos);
        using var viewer = await TestViewer.ConnectAsync(running.Server, sharedAudio: true);
        await viewer.SendAsync(new Select { Selection = 3, Channel = 0, From = from, MaxBufferSeconds = maxBuffer });
        Assert.Equal(maxBuffer, (await viewer.ReceiveAsync<Selected>()).MaxBufferSeconds);

        await Eventually.TrueAsync(() => Of(viewer, TrackKind.Audio).Count(IsUnit) > 100 && Of(viewer, TrackKind.Video).Count(IsUnit) > 60);

        foreach (var kind in (TrackKind[])[TrackKind.Audio, TrackKind.Video])
        {
            var frames = Of(viewer, kind);
            Assert.Equal([FrameKind.Mark, FrameKind.Configuration, FrameKind.AccessUnit], frames.Take(3).Select(f => f.Header.Kind));
            Assert.True(frames[0].Header.Flags.HasFlag(FrameFlags.Discontinuity));
            var marks = frames.Where(f => f.Mark is not null).ToList();
            Assert.Equal(Enumerable.Range(0, marks.Count).Select(n => (uint)n), marks.Select(m => m.Header.Sequence));
            Assert.All(marks, m => Assert.Equal(3u, m.Mark!.Value.Selection));
        }

        Assert.Empty(viewer.AudioFrames);
        Assert.Equal(1, running.Gauges.Sessions);

        static IReadOnlyList<Arrived> Of(TestViewer viewer, TrackKind kind) => Sessions.WireOrder.Of(kind, viewer.VideoFrames);
        static bool IsUnit(Arrived frame) => frame.Header.Kind == FrameKind.AccessUnit;
    }

    [Fact]
    public async Task WhatComesInOnePacketWithTheHelloIsHeard()
    {
        await using var running = await RunningServer.StartAsync(videos);
        using var viewer = await TestViewer.ConnectAsync(
            running.Server, sharedAudio: false, new Ping { Id = 9 }, new Select { Selection = 1, Channel = 0, From = StartPoint.Beginning }, new Ping { Id = 10 });

        Assert.Equal(9, (await viewer.ReceiveAsync<Pong>()).Id);
        Assert.Equal(1u, (await viewer.ReceiveAsync<Selected>()).Selection);
        Assert.Equal(10, (await viewer.ReceiveAsync<Pong>()).Id);
        await Eventually.TrueAsync(() => TestViewer.Units(viewer.VideoFrames) > 5 && TestViewer.Units(viewer.AudioFrames) > 5);
    }

    /// <summary>A connection for the sound that nobody asked for is not kept open for as long as the session lasts.</summary>
    [Fact]
    public async Task AConnectionForSoundThatIsSharedIsClosed()
    {
        await using var running = await RunningServer.StartAsync(videos);
        using var video = await TestViewer.OpenAsync(running.Server.VideoPort);
        var greeting = MessageJson.ReadGreeting(
            (await TestViewer.ReadLineAsync(PipeReader.Create(new NetworkStream(video)), new LineReader(ProtocolLimits.MaxServerLine)))!);
        await video.SendAsync(MessageJson.WriteLine(new Attach { KnSock = 1 }));
        using var audio = await TestViewer.OpenAsync(running.Server.AudioPort);
        await audio.SendAsync(MessageJson.WriteLine(new Attach { KnSock = 1, Session = greeting.Session }));
        await Task.Delay(100);
        using var control = await TestViewer.OpenAsync(running.Server.ControlPort);
        await control.SendAsync(MessageJson.WriteLine(new Hello { KnSock = 1, Session = greeting.Session!, SharedAudio = true }));
        await Eventually.TrueAsync(() => running.Gauges.Sessions == 1);

        await AssertClosedAsync(audio);

        Assert.Equal(1, running.Gauges.Sessions);
    }

    [Fact]
    public async Task AFullServerRefusesAndASlotComesFree()
    {
        await using var running = await RunningServer.StartAsync(videos, o => o with { MaxSessions = 1 });
        var first = await TestViewer.ConnectAsync(running.Server);
        await first.PlayAsync();

        await Assert.ThrowsAsync<EndOfStreamException>(() => TestViewer.ConnectAsync(running.Server));
        first.Dispose();
        await Eventually.TrueAsync(() => running.Gauges.Sessions == 0);

        await AssertServesAsync(running);
    }

    [Fact]
    public async Task NoMoreEncodersRunThanAllowedAndAllThatIsWantedIsStillMade()
    {
        await using var running = await RunningServer.StartAsync(videos, o => o with { Encoding = o.Encoding with { MaxProcesses = 2 } });
        using var first = await TestViewer.ConnectAsync(running.Server);
        using var second = await TestViewer.ConnectAsync(running.Server);
        await first.SendAsync(new Select { Selection = 1, Channel = 0, From = StartPoint.Beginning });
        await second.SendAsync(new Select { Selection = 1, Channel = 0, From = StartPoint.Position, PositionSeconds = 2 });

        var most = 0;
        await Eventually.TrueAsync(() =>
        {
            most = Math.Max(most, running.Children);
            return TestViewer.Units(first.VideoFrames) > 150 && TestViewer.Units(second.VideoFrames) > 150;
        });

        Assert.InRange(most, 1, 2);
    }

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
    public async Task SelectionsThatCannotBeAreRefusedAndTheSessionLivesOn()
    {
        await using var running = await RunningServer.StartAsync(videos);
        using var viewer = await TestViewer.ConnectAsync(running.Server);
        Select[] bad =
        [
            new() { Selection = 1, Channel = -1 }, new() { Selection = 2, Channel = 1 }, new() { Selection = 3, Channel = int.MaxValue },
            new() { Selection = 4, Name = "nothing.mp4" }, new() { Selection = 5 }, new() { Selection = 5, Channel = 0 }, new() { Selection = 0, Channel = 0 },
            new() { Selection = 6, Channel = 0, From = StartPoint.Position, PositionSeconds = -1 },
            new() { Selection = 7, Channel = 0, From = StartPoint.Position, PositionSeconds = 1e300 },
        ];
        foreach (var select in bad)
        {
            await viewer.SendAsync(select);
            Assert.Equal(select.Selection, (await viewer.ReceiveAsync<ErrorNotice>()).Selection);
        }

        await viewer.SendAsync(new Select { Selection = 8, Name = "plain.mp4", From = StartPoint.Position, PositionSeconds = 1_234_567.5 });
        Assert.InRange((await viewer.ReceiveAsync<Selected>()).StartSeconds, 1_234_566, 1_234_567.5);
        await Eventually.TrueAsync(() => TestViewer.Units(viewer.VideoFrames) > 5);
    }

    [Fact]
    public async Task AChangeOfSelectionLosesNoFrameBoundary()
    {
        await using var running = await RunningServer.StartAsync(videos);
        using var viewer = await TestViewer.ConnectAsync(running.Server);
        await viewer.PlayAsync();
        for (uint selection = 2; selection < 12; selection++)
        {
            await viewer.SendAsync(new Select { Selection = selection, Channel = 0, From = selection % 2 == 0 ? StartPoint.Beginning : StartPoint.Live });
        }

        await Eventually.TrueAsync(() => viewer.VideoFrames.Any(f => f.Mark?.Selection == 11) && viewer.AudioFrames.Any(f => f.Mark?.Selection == 11));

        // Frames are verified by their checksums: had one been cut, the marks would show a gap.
        foreach (var frames in new[] { viewer.VideoFrames, viewer.AudioFrames })
        {
            var marks = frames.Where(f => f.Mark is not null).ToArray();
            Assert.Equal(Enumerable.Range(0, marks.Length).Select(n => (uint)n), marks.Select(m => m.Header.Sequence));
            var selections = marks.Select(m => m.Mark!.Value.Selection).ToArray();
            Assert.Equal(selections.Order(), selections);
        }
    }

    [Fact]
    public async Task FloodsAndLiesInFeedbackDoNoHarm()
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
        for (var i = 0; i < 1000; i++)
        {
            await viewer.Control.SendAsync(System.Text.Encoding.UTF8.GetBytes(string.Concat(lies)));
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

    private static int Turns(IEnumerable<Arrived> frames) =>
        frames.Where(f => f.Mark is not null).Select(f => f.Mark!.Value.TurnStart).Distinct().Count();

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

    private static async Task AssertServesAsync(RunningServer running)
    {
        using var viewer = await TestViewer.ConnectAsync(running.Server);
        await viewer.PlayAsync();
    }

    /// <summary>Opens a connection; on the video port the greeting is read.</summary>
    private static async Task<Socket> OpenAsync(LiveStreamServer server, string port)
    {
        var socket = await TestViewer.OpenAsync(port switch { "video" => server.VideoPort, "audio" => server.AudioPort, _ => server.ControlPort });
        if (port == "video")
        {
            Assert.InRange(await socket.ReceiveAsync(new byte[64 * 1024]), 10, 64 * 1024);
        }

        return socket;
    }

    private static async Task AssertClosedAsync(Socket socket)
    {
        using var deadline = new CancellationTokenSource(Patience);
        var buffer = new byte[1024];
        try
        {
            while (await socket.ReceiveAsync(buffer, SocketFlags.None, deadline.Token) > 0)
            {
                // An error message may come before the end.
            }
        }
        catch (SocketException)
        {
            // Reset, because bytes of ours were not read any more: closed as well.
        }
    }
}

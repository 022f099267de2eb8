using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using KnSock.Server.Tests.Encoding;
using KnSock.Server.Tests.Endpoints.Native;
using KnSock.Testing.Processes;

namespace KnSock.Server.Tests;

public sealed class LiveStreamServerTests(SmallVideos videos) : IClassFixture<SmallVideos>
{
    [Fact]
    public async Task StoppingEndsViewersAndChildrenSoon()
    {
        await using var running = await RunningServer.StartAsync(videos);
        var viewers = new List<TestViewer>();
        for (var i = 0; i < 3; i++)
        {
            viewers.Add(await TestViewer.ConnectAsync(running.Server));
            await viewers[i].PlayAsync();
        }

        var started = Stopwatch.GetTimestamp();
        await running.Server.StopAsync(CancellationToken.None);

        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(2));
        Assert.Equal((0, 0L, 0L), (running.Children, running.Gauges.Sessions, running.Gauges.Encoders));
        await Task.WhenAll(viewers.SelectMany(v => new[] { v.VideoClosed, v.AudioClosed })).WaitAsync(TimeSpan.FromSeconds(5));
        viewers.ForEach(v => v.Dispose());
        await running.Server.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task AStoppedServerHasGivenItsPortsBack()
    {
        var port = FreePorts.Find();
        for (var i = 0; i < 2; i++)
        {
            await using var running = await RunningServer.StartAsync(videos, o => o with { VideoPort = port, AudioPort = port + 1, ControlPort = null });
            Assert.Equal((port, port + 1, port + 10), (running.Server.VideoPort, running.Server.AudioPort, running.Server.ControlPort));
            using var viewer = await TestViewer.ConnectAsync(running.Server);
        }
    }

    [Theory]
    [InlineData("missing.mp4", "no such file")]
    [InlineData("folder", "is a directory")]
    [InlineData("empty.mp4", "is empty")]
    [InlineData("text.mp4", "not a video")]
    [InlineData("truncated.mp4", "not a video")]
    [InlineData("cut-off.mp4", "was it cut off?")]
    [InlineData("cut-off-within-a-gop.mp4", "was it cut off?")]
    [InlineData("sound.m4a", "holds no picture")]
    public async Task AFileThatCannotBeServedIsNamedInOneLine(string name, string why)
    {
        var folder = Directory.CreateTempSubdirectory("knsock-bad-").FullName;
        try
        {
            var path = Path.Combine(folder, name);
            var good = await videos.PathOfAsync("plain.mp4");
            switch (name)
            {
                case "folder":
                    Directory.CreateDirectory(path);
                    break;
                case "empty.mp4":
                    await File.WriteAllBytesAsync(path, []);
                    break;
                case "text.mp4":
                    await File.WriteAllTextAsync(path, string.Concat(Enumerable.Repeat("This is no video.\n", 300)));
                    break;
                case "truncated.mp4":
                    await File.WriteAllBytesAsync(path, (await File.ReadAllBytesAsync(good))[..5000]);
                    break;
                case "cut-off.mp4" or "cut-off-within-a-gop.mp4":
                    var gop = name == "cut-off.mp4" ? 30 : 900;
                    await Command.RunAsync("ffmpeg", [.. $"-v error -f lavfi -i testsrc=s=320x180:r=30:d=8 -c:v libx264 -preset ultrafast -g {gop}".Split(' '), "-movflags", "+faststart", path]);
                    await File.WriteAllBytesAsync(path, (await File.ReadAllBytesAsync(path))[..^(int)(new FileInfo(path).Length / 2)]);
                    break;
                case "sound.m4a":
                    await Command.RunAsync("ffmpeg", "-v", "error", "-i", good, "-vn", "-c", "copy", path);
                    break;
            }

            await AssertStartFailsAsync(o => o with { VideoPaths = [good, path] }, $"{path}: ", why);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task AFilmWhosePictureEndsLongBeforeItsSoundIsServed()
    {
        var folder = Directory.CreateTempSubdirectory("knsock-short-").FullName;
        try
        {
            var path = Path.Combine(folder, "short-picture.webm");
            await Command.RunAsync("ffmpeg", [.. $"-v error -f lavfi -i testsrc=s=160x90:r=30:d=2 -f lavfi -i sine=d=8 -c:v libvpx -deadline realtime {path}".Split(' ')]);
            await using var running = await RunningServer.StartAsync(videos, o => o with { VideoPaths = [path] });
            Assert.InRange(Assert.Single(running.Server.Channels).DurationSeconds, 2, 8.1);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(10)]
    public async Task APortInUseIsNamedAndTheOthersStayFree(int offset)
    {
        var port = FreePorts.Find();
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, port + offset));
        taken.Listen();

        await AssertStartFailsAsync(o => o with { VideoPort = port, AudioPort = port + 1, ControlPort = null }, $"{port + offset} is in use");

        foreach (var other in new[] { 0, 1, 10 }.Where(o => o != offset))
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port + other));
            socket.Listen();
        }
    }

    [Theory]
    [InlineData("no.such.host.invalid", "is not an address to listen on")]
    [InlineData("192.0.2.1", "is not an address of this machine")]
    [InlineData("a b\u001b[2J", "is not an address to listen on")]
    public async Task ABadHostIsNamed(string host, string why) => await AssertStartFailsAsync(o => o with { Host = host }, why);

    [Fact]
    public async Task ADecisionLogThatCannotBeOpenedIsNamed() =>
        await AssertStartFailsAsync(o => o with { DecisionLogPath = "/nowhere/at/all.jsonl" }, "the decision log /nowhere/at/all.jsonl cannot be opened");

    [Fact]
    public async Task AServerWhoseStartFailedCanStillBeAskedAndStopped()
    {
        await using var server = new LiveStreamServer(new LiveStreamServerOptions { VideoPaths = ["/nowhere.mp4"], Host = "127.0.0.1", VideoPort = 0, AudioPort = 0 });

        await Assert.ThrowsAsync<LiveStreamServerException>(() => server.StartAsync(CancellationToken.None));

        Assert.Equal((0, 0, 0), (server.VideoPort, server.AudioPort, server.ControlPort));
        Assert.Empty(server.Channels);
    }

    [Fact]
    public async Task ASecondStartIsRefused()
    {
        await using var running = await RunningServer.StartAsync(videos);

        await Assert.ThrowsAsync<InvalidOperationException>(() => running.Server.StartAsync(CancellationToken.None));

        using var viewer = await TestViewer.ConnectAsync(running.Server);
    }

    [Fact]
    public async Task FilesOfTheSameNameAreToldApart()
    {
        await using var running = await RunningServer.StartAsync(videos, o => o with { VideoPaths = [.. o.VideoPaths, .. o.VideoPaths, .. o.VideoPaths] });

        Assert.Equal("plain.mp4 plain-2.mp4 plain-3.mp4", string.Join(' ', running.Server.Channels.Select(c => c.Name)));
    }

    public static TheoryData<string, Func<LiveStreamServerOptions, LiveStreamServerOptions>> BadOptions => new()
    {
        { "VideoPaths", o => o with { VideoPaths = [] } },
        { "Host", o => o with { Host = "" } },
        { "VideoPort", o => o with { VideoPort = 65_536 } },
        { "VideoPort", o => o with { VideoPort = -1 } },
        { "ControlPort", o => o with { VideoPort = 65_530 } },
        { "ControlPort", o => o with { AudioPort = 8010 } },
        { "ControlPort", o => o with { AudioPort = 8000 } },
        { "Heights", o => o with { Ladder = new LadderOptions { Heights = [] } } },
        { "Heights", o => o with { Ladder = new LadderOptions { Heights = [720, 0] } } },
        { "MaxFrameRate", o => o with { Ladder = new LadderOptions { MaxFrameRate = 0 } } },
        { "LowAudioBitsPerSecond", o => o with { Ladder = new LadderOptions { LowAudioBitsPerSecond = 8000 } } },
        { "AudioBitsPerSecond", o => o with { Ladder = new LadderOptions { AudioBitsPerSecond = 0 } } },
        { "GopLength", o => o with { GopLength = TimeSpan.Zero } },
        { "MaxBuffer", o => o with { MaxBuffer = TimeSpan.FromHours(1) } },
        { "MediaMemory", o => o with { MediaMemory = 0 } },
        { "MaxSessions", o => o with { MaxSessions = 0 } },
        { "MaxUplink", o => o with { MaxUplink = 0 } },
        { "MaxProcesses", o => o with { Encoding = o.Encoding with { MaxProcesses = 1 } } },
        { "MaxBytes", o => o with { Store = o.Store with { MaxBytes = 10 } } },
        { "FillCpuShare", o => o with { Encoding = o.Encoding with { FillCpuShare = 0 } } },
        { "FillNiceness", o => o with { Encoding = o.Encoding with { FillNiceness = 20 } } },
        { "Grace", o => o with { Encoding = o.Encoding with { Grace = TimeSpan.FromSeconds(-1) } } },
        { "HandshakeTimeout", o => o with { HandshakeTimeout = TimeSpan.Zero } },
        { "NoProgressTimeout", o => o with { NoProgressTimeout = TimeSpan.Zero } },
        { "MaxSessionsPerAddress", o => o with { MaxSessionsPerAddress = 0 } },
        { "MaxPendingConnections", o => o with { MaxPendingConnections = 0 } },
        { "MaxPendingConnectionsPerAddress", o => o with { MaxPendingConnectionsPerAddress = 0 } },
        { "MaxWaitingBytes", o => o with { MaxWaitingBytes = 0 } },
        { "IdleTimeout", o => o with { IdleTimeout = TimeSpan.FromSeconds(1) } },
        { "MaxFeedbackPerSecond", o => o with { MaxFeedbackPerSecond = 1 } },
        { "Tls", o => o with { Tls = new TlsOptions { CertificatePath = "" } } },
        { "DecisionLogPath", o => o with { DecisionLogPath = "" } },
    };

    [Theory]
    [MemberData(nameof(BadOptions), DisableDiscoveryEnumeration = true)]
    public void OptionsOutOfRangeAreNamed(string option, Func<LiveStreamServerOptions, LiveStreamServerOptions> change)
    {
        var options = change(new LiveStreamServerOptions { VideoPaths = ["a.mp4"] });

        var e = Assert.Throws<ArgumentException>(() => new LiveStreamServer(options));

        Assert.StartsWith(option, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    private async Task AssertStartFailsAsync(Func<LiveStreamServerOptions, LiveStreamServerOptions> change, params string[] parts)
    {
        var e = await Assert.ThrowsAsync<LiveStreamServerException>(async () =>
        {
            await using var running = await RunningServer.StartAsync(videos, change);
        });
        Assert.All(parts, part => Assert.Contains(part, e.Message, StringComparison.Ordinal));
        Assert.DoesNotContain('\n', e.Message);
        Assert.DoesNotContain('\u001b', e.Message);
    }
}

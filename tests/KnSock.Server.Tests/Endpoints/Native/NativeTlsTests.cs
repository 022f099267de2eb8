using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using KnSock.Protocol.Messages;
using KnSock.Server.Tests.Access;
using KnSock.Server.Tests.Encoding;
using KnSock.Server.Tests.Sessions;

namespace KnSock.Server.Tests.Endpoints.Native;

/// <summary>The three ports with TLS, over real sockets.</summary>
public sealed class NativeTlsTests(SmallVideos videos) : IClassFixture<SmallVideos>, IDisposable
{
    private readonly TestCertificate _files = new();

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData(false, null)]
    [InlineData(true, null)]
    [InlineData(true, 0.0)]
    public async Task AViewerGetsTheSameFramesInTheSameOrder(bool sharedAudio, double? maxBufferSeconds)
    {
        await using var running = await StartAsync();
        using var viewer = await ConnectAsync(running, sharedAudio);
        await viewer.SendAsync(new Select { Selection = 1, Channel = 0, From = StartPoint.Live, MaxBufferSeconds = maxBufferSeconds });
        await viewer.ReceiveAsync<Selected>();
        await viewer.SendAsync(new Ping { Id = 7 });
        Assert.Equal(7, (await viewer.ReceiveAsync<Pong>()).Id);
        await Eventually.TrueAsync(() => TestViewer.Units(viewer.VideoFrames) > 60 && (sharedAudio || TestViewer.Units(viewer.AudioFrames) > 60));

        var timeline = running.Server.Serving!.Context.Channels.First().Timeline;
        WireOrder.Check(viewer.VideoFrames, timeline);
        WireOrder.Check(viewer.AudioFrames, timeline);
        viewer.Vanish();
        await Eventually.TrueAsync(() => running.Gauges.Sessions == 0);
        Assert.Equal(0, running.Server.Serving!.Waiting.Bytes);
    }

    /// <summary>One that reads nothing for a while misses nothing, costs a piece, and others do not notice.</summary>
    [Fact]
    public async Task OneThatReadsNothingForAWhileGetsTheRestAfterwards()
    {
        await using var running = await StartAsync();
        using var viewer = await ConnectAsync(running, sharedAudio: true);
        viewer.IsPaused = true;
        viewer.Video.ReceiveBufferSize = 16 * 1024;
        await viewer.SendAsync(new Select { Selection = 1, Channel = 0, From = StartPoint.Beginning });
        using var other = await ConnectAsync(running, sharedAudio: false);
        await other.PlayAsync();
        Assert.InRange(running.Server.Serving!.Waiting.Bytes, 0, 600_000);
        viewer.IsPaused = false;
        await Eventually.TrueAsync(() => TestViewer.Units(viewer.VideoFrames) > 100);
        WireOrder.Check(viewer.VideoFrames, running.Server.Serving!.Context.Channels.First().Timeline);
    }

    [Theory]
    [InlineData("video")]
    [InlineData("audio")]
    [InlineData("control")]
    public async Task WhoDoesNotSpeakTlsIsToldSo(string port)
    {
        await using var running = await StartAsync();
        using var socket = await TestViewer.OpenAsync(PortOf(running, port));
        await socket.SendAsync(MessageJson.WriteLine(new Attach { KnSock = 1 }));

        var line = await TestViewer.ReadLineAsync(System.IO.Pipelines.PipeReader.Create(new NetworkStream(socket)), new(Protocol.ProtocolLimits.MaxServerLine));

        Assert.Equal("tls", Assert.IsType<ErrorNotice>(MessageJson.ReadControl(line)).Code);
        await TestViewer.AssertClosedAsync(socket);
        await ServesAsync(running);
    }

    [Theory]
    [InlineData("video", 0)]
    [InlineData("audio", 0)]
    [InlineData("control", 0)]
    [InlineData("video", 3)]
    [InlineData("control", 200)]
    public async Task AHandshakeThatIsNotGoneThroughWithIsEnded(string port, int bytes)
    {
        await using var running = await StartAsync(o => o with { HandshakeTimeout = TimeSpan.FromMilliseconds(300) });
        using var socket = await TestViewer.OpenAsync(PortOf(running, port));
        // The beginning of a record of a handshake.
        await socket.SendAsync(new byte[] { 22, 3, 1, 2, 0, 1 }.Concat(new byte[Math.Max(0, bytes - 6)]).Take(bytes).ToArray());
        await TestViewer.AssertClosedAsync(socket);
        await Eventually.TrueAsync(() => running.Server.Serving!.Pending.Taken == 0);
    }

    [Fact]
    public async Task ANewCertificateIsForNewConnectionsAndTheOldOnesGoOn()
    {
        await using var running = await StartAsync();
        using var before = await ConnectAsync(running, sharedAudio: true);
        await before.SendAsync(new Select { Selection = 1, Channel = 0, MaxBufferSeconds = 0 });
        await Eventually.TrueAsync(() => TestViewer.Units(before.VideoFrames) > 5);
        Assert.Equal(_files.Serial, await SerialAsync(running));

        var serial = _files.Write();
        await Eventually.TrueAsync(() => running.Server.Certificate!.Current.TargetCertificate.SerialNumber == serial);

        Assert.Equal(serial, await SerialAsync(running));
        var units = TestViewer.Units(before.VideoFrames);
        await Eventually.TrueAsync(() => TestViewer.Units(before.VideoFrames) > units + 20);
        await File.WriteAllTextAsync(_files.CertificatePath, "damaged");
        Assert.Equal(serial, await SerialAsync(running));
    }

    private static int PortOf(RunningServer running, string port) =>
        port switch { "video" => running.Server.VideoPort, "audio" => running.Server.AudioPort, _ => running.Server.ControlPort };

    private static async Task<string> SerialAsync(RunningServer running)
    {
        var (socket, stream) = await TestViewer.OpenAsync(running.Server.VideoPort, isSecure: true);
        using (socket)
        {
            return new X509Certificate2(((SslStream)stream).RemoteCertificate!).SerialNumber;
        }
    }

    private static Task<TestViewer> ConnectAsync(RunningServer running, bool sharedAudio) =>
        TestViewer.ConnectAsync(running.Server, new Hello { KnSock = 1, Client = "test", SharedAudio = sharedAudio ? true : null }, isSecure: true);

    private static async Task ServesAsync(RunningServer running)
    {
        using var viewer = await ConnectAsync(running, sharedAudio: false);
        await viewer.PlayAsync();
    }

    private Task<RunningServer> StartAsync(Func<LiveStreamServerOptions, LiveStreamServerOptions>? change = null) =>
        RunningServer.StartAsync(videos, o => (change?.Invoke(o) ?? o) with { Tls = _files.Options });
}

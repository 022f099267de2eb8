using System.IO.Pipelines;
using System.Net.Sockets;
using KnSock.Protocol;
using KnSock.Protocol.Messages;
using KnSock.Server.Tests.Encoding;

namespace KnSock.Server.Tests.Endpoints.Native;

/// <summary>Who is let in, and who is not, over real sockets on loopback.</summary>
public sealed class NativeHandshakeTests(SmallVideos videos) : IClassFixture<SmallVideos>
{
    [Theory]
    [InlineData("video")]
    [InlineData("audio")]
    [InlineData("control")]
    public async Task WhoSaysNothingIsClosed(string port)
    {
        await using var running = await RunningServer.StartAsync(videos, o => o with { HandshakeTimeout = TimeSpan.FromMilliseconds(200) });
        using var socket = await OpenAsync(running.Server, port);

        await TestViewer.AssertClosedAsync(socket);

        await running.AssertServesAsync();
    }

    [Theory]
    [InlineData("video")]
    [InlineData("audio")]
    [InlineData("control")]
    public async Task WhatIsNoProperLineIsClosed(string port)
    {
        // Where kn-sock's clients are served, some of these are theirs.
        await using var running = await RunningServer.StartAsync(videos, o => o with { AcceptsLegacyClients = false });
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
            await TestViewer.AssertClosedAsync(socket);
        }

        await running.AssertServesAsync();
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
        await TestViewer.AssertClosedAsync(socket);
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

        await TestViewer.AssertClosedAsync(two);
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

        await TestViewer.AssertClosedAsync(audio);

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

        await running.AssertServesAsync();
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
}

using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using KnSock.Protocol;
using KnSock.Protocol.Messages;

namespace KnSock.Server.Tests.Endpoints.Native;

/// <summary>A frame as it arrived.</summary>
internal sealed record Arrived(FrameHeader Header, Mark? Mark)
{
    /// <summary>When, on a clock of the viewer's.</summary>
    public TimeSpan At { get; init; }
}

/// <summary>A viewer that speaks the protocol and looks at what it gets.</summary>
internal sealed class TestViewer : IDisposable
{
    private readonly LineReader _lines = new(ProtocolLimits.MaxServerLine);
    private readonly PipeReader _controlInput;
    private readonly Socket? _audio;
    private readonly Stream _control;

    private TestViewer((Socket Socket, Stream Stream) video, (Socket Socket, Stream Stream)? audio, (Socket Socket, Stream Stream) control, PipeReader videoInput)
    {
        (Video, _audio, Control, _control) = (video.Socket, audio?.Socket, control.Socket, control.Stream);
        _controlInput = PipeReader.Create(control.Stream);
        VideoClosed = ReadFramesAsync(videoInput, VideoFrames);
        AudioClosed = audio is null ? Task.CompletedTask : ReadFramesAsync(PipeReader.Create(audio.Value.Stream), AudioFrames);
    }

    /// <summary>Reads nothing of the picture's connection for the time being.</summary>
    public bool IsPaused { get; set; }

    public Socket Video { get; }

    /// <summary>The sound's connection, where it has one of its own.</summary>
    public Socket Audio => _audio!;

    public Socket Control { get; }

    public ConcurrentQueue<Arrived> VideoFrames { get; } = new();

    public ConcurrentQueue<Arrived> AudioFrames { get; } = new();

    /// <summary>Completes when the server closed the picture's connection.</summary>
    public Task VideoClosed { get; }

    public Task AudioClosed { get; }

    public Catalog Catalog { get; private set; } = null!;

    /// <summary>Connects.</summary>
    /// <param name="server">The server.</param>
    /// <param name="sharedAudio">Whether the sound is to come on the picture's connection.</param>
    /// <param name="first">What is sent behind the hello at once.</param>
    public static Task<TestViewer> ConnectAsync(LiveStreamServer server, bool sharedAudio = false, params ControlMessage[] first) =>
        ConnectAsync(server, new Hello { KnSock = 1, Client = "test", SharedAudio = sharedAudio ? true : null }, isSecure: false, first);

    /// <summary>Connects.</summary>
    /// <param name="server">The server.</param>
    /// <param name="hello">What it says, but for the token of the greeting.</param>
    /// <param name="isSecure">Whether it speaks TLS.</param>
    /// <param name="first">What is sent behind the hello at once.</param>
    public static async Task<TestViewer> ConnectAsync(LiveStreamServer server, Hello hello, bool isSecure, params ControlMessage[] first)
    {
        var video = await OpenAsync(server.VideoPort, isSecure);
        var videoInput = PipeReader.Create(video.Stream);
        var line = await ReadLineAsync(videoInput, new LineReader(ProtocolLimits.MaxServerLine)) ?? throw new EndOfStreamException("refused");
        var greeting = line.AsSpan().StartsWith("{\"type\""u8) ? throw Refused(MessageJson.ReadControl(line)) : MessageJson.ReadGreeting(line);
        await video.Stream.WriteAsync(MessageJson.WriteLine(new Attach { KnSock = 1 }));
        var control = await OpenAsync(greeting.ControlPort!.Value, isSecure);
        await control.Stream.WriteAsync((byte[])[.. MessageJson.WriteLine(hello with { Session = greeting.Session }), .. first.SelectMany(m => MessageJson.WriteLine(m))]);
        (Socket Socket, Stream Stream)? audio = hello.SharedAudio == true ? null : await OpenAsync(greeting.AudioPort!.Value, isSecure);
        if (audio is { } sound)
        {
            await sound.Stream.WriteAsync(MessageJson.WriteLine(new Attach { KnSock = 1, Session = greeting.Session }));
        }

        var viewer = new TestViewer(video, audio, control, videoInput) { Greeting = greeting };
        viewer.Catalog = await viewer.ReceiveAsync<ControlMessage>() as Catalog ?? throw Refused(viewer.Last);
        return viewer;
    }

    /// <summary>Opens a connection, with TLS if so wanted; any certificate is taken.</summary>
    public static async Task<(Socket Socket, Stream Stream)> OpenAsync(int port, bool isSecure)
    {
        var socket = await OpenAsync(port);
        var stream = new NetworkStream(socket);
        if (!isSecure)
        {
            return (socket, stream);
        }

        var ssl = new SslStream(stream);
        await ssl.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost", RemoteCertificateValidationCallback = static (_, c, _, _) => c is not null });
        return (socket, ssl);
    }

    private static EndOfStreamException Refused(ControlMessage? notice) => new(notice is ErrorNotice error ? $"{error.Code}: {error.Message}" : "refused");

    public static async Task<Socket> OpenAsync(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        return socket;
    }

    /// <summary>Waits until the server has closed a connection, whatever it says before.</summary>
    public static async Task AssertClosedAsync(Socket socket)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
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

    /// <summary>The next line, or null when the connection ended.</summary>
    public static async Task<byte[]?> ReadLineAsync(PipeReader input, LineReader lines)
    {
        try
        {
            while (true)
            {
                var result = await input.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));
                var buffer = result.Buffer;
                if (lines.TryReadLine(ref buffer, out var line))
                {
                    var bytes = line.ToArray();
                    input.AdvanceTo(buffer.Start);
                    return bytes;
                }

                input.AdvanceTo(buffer.Start, buffer.End);
                if (result.IsCompleted)
                {
                    return null;
                }
            }
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>The message that came last.</summary>
    public ControlMessage? Last { get; private set; }

    public Greeting Greeting { get; private init; } = null!;

    public Task SendAsync(ControlMessage message) =>
        _control is SslStream ? _control.WriteAsync(MessageJson.WriteLine(message)).AsTask() : Control.SendAsync(MessageJson.WriteLine(message));

    /// <summary>The next message of a type; others are passed over.</summary>
    public async Task<T> ReceiveAsync<T>()
        where T : ControlMessage
    {
        while (await ReadLineAsync(_controlInput, _lines) is { } line)
        {
            Last = MessageJson.ReadControl(line);
            if (Last is T message)
            {
                return message;
            }
        }

        throw new EndOfStreamException($"the server closed before it sent {typeof(T).Name}");
    }

    public async Task PlayAsync(uint selection = 1, StartPoint from = StartPoint.Live)
    {
        await SendAsync(new Select { Selection = selection, Channel = 0, From = from });
        await ReceiveAsync<Selected>();
        await Eventually.TrueAsync(() => Units(VideoFrames) > 5 && Units(AudioFrames) > 5);
    }

    public static int Units(ConcurrentQueue<Arrived> frames) => frames.Count(f => f.Header.Kind == FrameKind.AccessUnit);

    /// <summary>Goes without a goodbye, as a viewer whose machine crashed.</summary>
    public void Vanish()
    {
        foreach (var socket in (Socket?[])[Video, _audio, Control])
        {
            if (socket is null)
            {
                continue;
            }

            socket.LingerState = new LingerOption(enable: true, seconds: 0);
            socket.Dispose();
        }
    }

    public void Dispose()
    {
        Video.Dispose();
        _audio?.Dispose();
        Control.Dispose();
    }

    private async Task ReadFramesAsync(PipeReader input, ConcurrentQueue<Arrived> frames)
    {
        var reader = new FrameReader();
        try
        {
            while (true)
            {
                while (IsPaused)
                {
                    await Task.Delay(5);
                }

                var result = await input.ReadAsync();
                var buffer = result.Buffer;
                while (reader.TryRead(ref buffer, out var frame))
                {
                    frames.Enqueue(new Arrived(frame.Header, frame.Header.Kind == FrameKind.Mark ? Mark.Read(frame.Payload.ToArray()) : null) { At = Stopwatch.GetElapsedTime(0) });
                }

                input.AdvanceTo(buffer.Start, buffer.End);
                if (result.IsCompleted)
                {
                    return;
                }
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // Closed by either side.
        }
    }
}

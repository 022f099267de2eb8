using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.IO.Pipelines;
using System.Net;
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

    private TestViewer(Socket video, Socket? audio, Socket control, PipeReader controlInput, PipeReader videoInput)
    {
        (Video, _audio, Control, _controlInput) = (video, audio, control, controlInput);
        VideoClosed = ReadFramesAsync(videoInput, VideoFrames);
        AudioClosed = audio is null ? Task.CompletedTask : ReadFramesAsync(PipeReader.Create(new NetworkStream(audio)), AudioFrames);
    }

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
    public static async Task<TestViewer> ConnectAsync(LiveStreamServer server, bool sharedAudio = false, params ControlMessage[] first)
    {
        var video = await OpenAsync(server.VideoPort);
        var videoInput = PipeReader.Create(new NetworkStream(video));
        var greeting = MessageJson.ReadGreeting(await ReadLineAsync(videoInput, new LineReader(ProtocolLimits.MaxServerLine)) ?? throw new EndOfStreamException("refused"));
        await video.SendAsync(MessageJson.WriteLine(new Attach { KnSock = 1 }));
        var control = await OpenAsync(greeting.ControlPort!.Value);
        var hello = new Hello { KnSock = 1, Session = greeting.Session!, Client = "test", SharedAudio = sharedAudio ? true : null };
        await control.SendAsync((byte[])[.. MessageJson.WriteLine(hello), .. first.SelectMany(m => MessageJson.WriteLine(m))]);
        var audio = sharedAudio ? null : await OpenAsync(greeting.AudioPort!.Value);
        if (audio is not null)
        {
            await audio.SendAsync(MessageJson.WriteLine(new Attach { KnSock = 1, Session = greeting.Session }));
        }

        var viewer = new TestViewer(video, audio, control, PipeReader.Create(new NetworkStream(control)), videoInput);
        viewer.Catalog = await viewer.ReceiveAsync<Catalog>();
        return viewer;
    }

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

    public Task SendAsync(ControlMessage message) => Control.SendAsync(MessageJson.WriteLine(message));

    /// <summary>The next message of a type; others are passed over.</summary>
    public async Task<T> ReceiveAsync<T>()
        where T : ControlMessage
    {
        while (await ReadLineAsync(_controlInput, _lines) is { } line)
        {
            if (MessageJson.ReadControl(line) is T message)
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

    private static async Task ReadFramesAsync(PipeReader input, ConcurrentQueue<Arrived> frames)
    {
        var reader = new FrameReader();
        try
        {
            while (true)
            {
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

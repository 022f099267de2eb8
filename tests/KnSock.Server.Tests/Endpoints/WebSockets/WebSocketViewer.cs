using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net.WebSockets;
using KnSock.Protocol;
using KnSock.Protocol.Messages;
using KnSock.Server.Tests.Endpoints.Native;

namespace KnSock.Server.Tests.Endpoints.WebSockets;

/// <summary>A viewer on a WebSocket that looks at what it gets.</summary>
internal sealed class WebSocketViewer : IDisposable
{
    private readonly ClientWebSocket _socket;
    private readonly Pipe _stream = new(new PipeOptions(pauseWriterThreshold: 0));

    private WebSocketViewer(ClientWebSocket socket)
    {
        _socket = socket;
        Closed = ReadAsync();
    }

    public ConcurrentQueue<Arrived> Frames { get; } = new();

    public ConcurrentQueue<ControlMessage> Messages { get; } = new();

    /// <summary>Completes when the server has closed, with the code and the reason if it said one.</summary>
    public Task<(WebSocketCloseStatus? Status, string? Reason)> Closed { get; }

    /// <summary>Reads nothing for the time being.</summary>
    public bool IsPaused { get; set; }

    public static async Task<WebSocketViewer> OpenAsync(Uri server, string path = "/ws", Action<ClientWebSocketOptions>? change = null)
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("knsock.1");
        socket.Options.RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate?.Subject == "CN=localhost";
        socket.Options.CollectHttpResponseDetails = true;
        change?.Invoke(socket.Options);
        await socket.ConnectAsync(new UriBuilder(server) { Scheme = server.Scheme == "https" ? "wss" : "ws", Path = path }.Uri, CancellationToken.None);
        return new WebSocketViewer(socket);
    }

    public static async Task<WebSocketViewer> GreetAsync(Uri server, string path = "/ws")
    {
        var viewer = await OpenAsync(server, path);
        await viewer.SendAsync(new Hello { KnSock = 1, Client = "test" });
        return viewer;
    }

    public Task SendAsync(ControlMessage message) => SendAsync(MessageJson.WriteLine(message).AsMemory()[..^1]);

    public Task SendAsync(ReadOnlyMemory<byte> bytes, WebSocketMessageType type = WebSocketMessageType.Text) =>
        _socket.SendAsync(bytes, type, endOfMessage: true, CancellationToken.None).AsTask();

    /// <summary>Plays the first channel until some units have come.</summary>
    public async Task PlayAsync(uint selection = 1, double? maxBufferSeconds = null)
    {
        await SendAsync(new Select { Selection = selection, Channel = 0, From = StartPoint.Live, MaxBufferSeconds = maxBufferSeconds });
        await Eventually.TrueAsync(() => TestViewer.Units(Frames) > 12);
    }

    public Task CloseAsync() => _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);

    public void Dispose() => _socket.Dispose();

    private async Task<(WebSocketCloseStatus? Status, string? Reason)> ReadAsync()
    {
        var reading = ReadFramesAsync();
        string? broken = null;
        try
        {
            while (true)
            {
                while (IsPaused)
                {
                    await Task.Delay(5);
                }

                var result = await _socket.ReceiveAsync(_stream.Writer.GetMemory(16 * 1024), CancellationToken.None);
                if (result.MessageType == WebSocketMessageType.Close)
                {
                    break;
                }

                Assert.Equal(WebSocketMessageType.Binary, result.MessageType);
                _stream.Writer.Advance(result.Count);
                await _stream.Writer.FlushAsync();
            }
        }
        catch (Exception e) when (e is WebSocketException or ObjectDisposedException or IOException)
        {
            broken = e.Message;
        }

        await _stream.Writer.CompleteAsync();
        await reading;
        return (_socket.CloseStatus, broken ?? _socket.CloseStatusDescription);
    }

    private async Task ReadFramesAsync()
    {
        var reader = new FrameReader();
        while (true)
        {
            var result = await _stream.Reader.ReadAsync();
            var buffer = result.Buffer;
            while (reader.TryRead(ref buffer, out var frame))
            {
                Take(frame);
            }

            _stream.Reader.AdvanceTo(buffer.Start, buffer.End);
            if (result.IsCompleted)
            {
                return;
            }
        }
    }

    private void Take(Frame frame)
    {
        var payload = System.Buffers.BuffersExtensions.ToArray(frame.Payload);
        if (frame.Header.Kind == FrameKind.Message)
        {
            Messages.Enqueue(MessageJson.ReadControl(payload)!);
            return;
        }

        Frames.Enqueue(new Arrived(frame.Header, frame.Header.Kind == FrameKind.Mark ? Mark.Read(payload) : null));
    }
}

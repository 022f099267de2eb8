using KnSock.Fanout.Framing;
using KnSock.Protocol;
using KnSock.Protocol.Messages;

namespace KnSock.Fanout.Load;

/// <summary>One WebSocket, as a browser has it: binary messages that hold one stream of frames, and text messages the other way.</summary>
internal sealed class WebSocketTransport(LoadLoop loop, int slot, LoadViewer viewer) : LoadTransport(loop, slot, viewer)
{
    private readonly WebSocketAnswer _answer = new();
    private readonly ServerMessages _messages = new();
    private ViewerConnection? _connection;

    /// <inheritdoc/>
    public override bool IsOpen => _connection is not null && _answer.IsComplete;

    /// <inheritdoc/>
    public override void Start()
    {
        _connection = Connect(ConnectionKind.Video, Loop.Target.Server.Port, ConnectionTracks.Shared | ConnectionTracks.Messages);
        _connection.FirstLine = WebSocketAnswer.Request(Loop.Target.Server);
    }

    /// <inheritdoc/>
    public override void OnReady(ConnectionKind kind, Span<byte> buffer)
    {
        if (_connection is not { } connection || !IsConnected(connection))
        {
            return;
        }

        buffer = Viewer.Allotted(buffer);
        if (buffer.IsEmpty)
        {
            return;
        }

        var count = connection.Socket.Receive(buffer);
        if (count <= 0)
        {
            ThrowIfClosed(count, "WebSocket");
            return;
        }

        Take(connection, buffer[..count], Clock.Now);
    }

    /// <inheritdoc/>
    public override bool TrySend(ReadOnlySpan<byte> line)
    {
        Span<byte> message = stackalloc byte[ClientMessage.LongestHeader + FeedbackLine.Size];
        message = message[..ClientMessage.Write(message, line[..^1])];
        var taken = _connection!.Socket.Send(message);
        return taken == message.Length
            || (taken <= 0 ? false : throw new ProtocolException(ProtocolErrorCode.Unexpected, "the server takes half of a message"));
    }

    /// <inheritdoc/>
    public override void SetReading(bool isReading) => SetReading(_connection, isReading);

    /// <inheritdoc/>
    public override void End()
    {
        _connection?.Socket.Dispose();
        _connection = null;
    }

    private void Take(ViewerConnection connection, ReadOnlySpan<byte> bytes, long now)
    {
        if (!_answer.IsComplete)
        {
            if (!_answer.TryTake(ref bytes))
            {
                return;
            }

            if (!TrySend(MessageJson.WriteLine(new Hello { KnSock = ProtocolLimits.Version, Client = LoadViewer.ClientName })))
            {
                throw new ProtocolException(ProtocolErrorCode.Unexpected, "the server does not take hello");
            }
        }

        while (_messages.TryRead(ref bytes, out var content))
        {
            Viewer.NoteBytes(isVideo: true, content);
            TakeFrames(connection, content, now);
        }
    }
}

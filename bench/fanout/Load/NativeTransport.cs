using KnSock.Fanout.Framing;
using KnSock.Protocol;
using KnSock.Protocol.Messages;

namespace KnSock.Fanout.Load;

/// <summary>The protocol's own TCP connections: one with frames, or one for each track, and one with messages. Of a recording that comes over and over there is the first one alone.</summary>
internal sealed class NativeTransport(LoadLoop loop, int slot, LoadViewer viewer) : LoadTransport(loop, slot, viewer)
{
    private readonly PartialLine _greeting = new();
    private readonly PartialLine _messages = new();
    private ViewerConnection? _video;
    private ViewerConnection? _audio;
    private ViewerConnection? _control;
    private bool _isGreeted;

    /// <inheritdoc/>
    public override bool IsOpen => _control is { IsConnected: true };

    /// <inheritdoc/>
    public override void Start()
    {
        _isGreeted = Loop.Target.LoopLength is not null;
        _video = Connect(ConnectionKind.Video, Loop.Target.Server.Port, _isGreeted ? ConnectionTracks.Shared : ConnectionTracks.Picture);
    }

    /// <inheritdoc/>
    public override void OnReady(ConnectionKind kind, Span<byte> buffer)
    {
        var connection = kind switch { ConnectionKind.Video => _video, ConnectionKind.Audio => _audio, _ => _control };
        if (connection is null)
        {
            return;
        }

        if (!IsConnected(connection))
        {
            if (kind == ConnectionKind.Audio)
            {
                connection.Socket.OnlyReceives();
            }
        }
        else if (kind == ConnectionKind.Control)
        {
            ReadControl(connection, buffer);
        }
        else
        {
            ReadMedia(connection, buffer);
        }
    }

    /// <inheritdoc/>
    public override bool TrySend(ReadOnlySpan<byte> line) => _control!.Socket.Send(line) == line.Length;

    /// <inheritdoc/>
    public override void SetReading(bool isReading)
    {
        SetReading(_video, isReading);
        SetReading(_audio, isReading);
    }

    /// <inheritdoc/>
    public override void End()
    {
        _video?.Socket.Dispose();
        _audio?.Socket.Dispose();
        _control?.Socket.Dispose();
        (_video, _audio, _control) = (null, null, null);
    }

    private void ReadMedia(ViewerConnection connection, Span<byte> buffer)
    {
        buffer = Viewer.Allotted(buffer);
        if (buffer.IsEmpty)
        {
            return;
        }

        var count = connection.Socket.Receive(buffer);
        if (count <= 0)
        {
            ThrowIfClosed(count, connection == _video ? "video" : "audio");
            return;
        }

        // Asked again for each read: with a thousand sockets ready at once the last one is read much later than the first.
        var now = Clock.Now;
        ReadOnlySpan<byte> bytes = buffer[..count];
        Viewer.NoteBytes(connection == _video, bytes);
        if (_isGreeted || TakeGreeting(ref bytes))
        {
            TakeFrames(connection, bytes, now);
        }
    }

    private void ReadControl(ViewerConnection connection, Span<byte> buffer)
    {
        var count = connection.Socket.Receive(buffer);
        if (count <= 0)
        {
            ThrowIfClosed(count, "control");
            return;
        }

        ReadOnlySpan<byte> bytes = buffer[..count];
        while (_messages.TryTake(ref bytes, out var line))
        {
            Viewer.TakeMessage(line);
        }
    }

    private bool TakeGreeting(ref ReadOnlySpan<byte> bytes)
    {
        if (!_greeting.TryTake(ref bytes, out var line))
        {
            return false;
        }

        var greeting = MessageJson.ReadGreeting(line);
        _isGreeted = true;
        var token = greeting.Session ?? throw new ProtocolException(ProtocolErrorCode.Version, "the server does not speak this protocol");
        var isShared = greeting.SharedAudio == true;
        _video!.Verifier = new FrameVerifier(isShared ? ConnectionTracks.Shared : ConnectionTracks.Picture);
        Send(_video, MessageJson.WriteLine(new Attach { KnSock = ProtocolLimits.Version }));
        _video.Socket.OnlyReceives();

        _control = Connect(ConnectionKind.Control, greeting.ControlPort ?? Loop.Target.Server.Port + 10, ConnectionTracks.None);
        _control.FirstLine = MessageJson.WriteLine(
            new Hello { KnSock = ProtocolLimits.Version, Session = token, Client = LoadViewer.ClientName, SharedAudio = isShared ? true : null });
        if (!isShared)
        {
            _audio = Connect(ConnectionKind.Audio, greeting.AudioPort ?? Loop.Target.Server.Port + 1, ConnectionTracks.Sound);
            _audio.FirstLine = MessageJson.WriteLine(new Attach { KnSock = ProtocolLimits.Version, Session = token });
        }

        return true;
    }
}

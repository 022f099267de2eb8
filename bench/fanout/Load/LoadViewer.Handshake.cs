using System.Text;
using KnSock.Fanout.Framing;
using KnSock.Fanout.Interop;
using KnSock.Protocol;
using KnSock.Protocol.Messages;

namespace KnSock.Fanout.Load;

/// <content>How it gets to its frames: connections, greeting, messages, selection.</content>
internal sealed partial class LoadViewer
{
    private ViewerConnection Connect(ConnectionKind kind, int port, ConnectionTracks tracks)
    {
        var hesitates = role is ViewerRole.Slow or ViewerRole.Stuck && kind != ConnectionKind.Control;
        var socket = NativeSocket.Connect(new(loop.Target.Server.Address, port), hesitates ? HesitantReceiveBuffer : null);
        var connection = new ViewerConnection(socket, LoadLoop.KeyOf(slot, kind), new FrameVerifier(tracks, loop.Target.LoopLength is not null));
        loop.Poller.Watch(socket, Readiness.Writable, connection.Key);
        return connection;
    }

    private bool IsConnected(ViewerConnection connection)
    {
        if (!connection.IsConnected)
        {
            if (connection.Socket.TakeError() is not 0 and var error)
            {
                throw new ProtocolException(ProtocolErrorCode.Unexpected, $"the server cannot be reached (error {error})");
            }

            connection.IsConnected = true;
            loop.Poller.Change(connection.Socket, Readiness.Readable, connection.Key);
            if (connection.FirstLine is { } line)
            {
                Send(connection, line);
            }

            if (ReferenceEquals(connection, _audio))
            {
                connection.Socket.OnlyReceives();
            }

            return false;
        }

        return true;
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

        _control = Connect(ConnectionKind.Control, greeting.ControlPort ?? loop.Target.Server.Port + 10, ConnectionTracks.None);
        _control.FirstLine = MessageJson.WriteLine(new Hello { KnSock = ProtocolLimits.Version, Session = token, Client = "knsock bench", SharedAudio = isShared ? true : null });
        if (!isShared)
        {
            _audio = Connect(ConnectionKind.Audio, greeting.AudioPort ?? loop.Target.Server.Port + 1, ConnectionTracks.Sound);
            _audio.FirstLine = MessageJson.WriteLine(new Attach { KnSock = ProtocolLimits.Version, Session = token });
        }

        return true;
    }

    /// <summary>Most messages are pongs, and catalogs are all the same: those are not parsed.</summary>
    private void TakeMessage(ReadOnlySpan<byte> line)
    {
        if (line.StartsWith("{\"type\":\"pong\""u8))
        {
            return;
        }

        if (loop.Catalog is not null && line.StartsWith("{\"type\":\"catalog\""u8))
        {
            Select();
            return;
        }

        switch (MessageJson.ReadControl(line))
        {
            case Catalog catalog:
                loop.Catalog = catalog;
                Select();
                break;
            case Selected selected:
                GrantedSeconds = selected.MaxBufferSeconds;
                break;
            case ErrorNotice error:
                throw new ProtocolException(ProtocolErrorCode.Unexpected, $"the server says: {error.Message}");
            case ChannelEndedNotice ended:
                throw new ProtocolException(ProtocolErrorCode.Unexpected, $"the channel ended: {ended.Reason}");
        }
    }

    private void Select()
    {
        IsIdle = role == ViewerRole.Idle;
        if (!_hasSelected && !IsIdle)
        {
            _hasSelected = true;
            Send(_control!, MessageJson.WriteLine(new Select
            {
                Selection = FrameVerifier.Selection,
                Channel = channel,
                From = StartPoint.Live,
                MaxBufferSeconds = loop.Target.MaxBufferSeconds,
            }));
        }
    }

    private static void Send(ViewerConnection connection, byte[] line)
    {
        // A new connection has room for a line.
        if (connection.Socket.Send(line) != line.Length)
        {
            throw new ProtocolException(ProtocolErrorCode.Unexpected, $"the server does not take {Encoding.UTF8.GetString(line).TrimEnd()}");
        }
    }
}

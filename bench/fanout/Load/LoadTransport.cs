using System.Text;
using KnSock.Fanout.Framing;
using KnSock.Fanout.Interop;
using KnSock.Protocol;

namespace KnSock.Fanout.Load;

/// <summary>How a viewer gets its frames and says its messages: which connections it makes, and what lies around the bytes on them.</summary>
/// <param name="loop">Where its sockets are waited for.</param>
/// <param name="slot">The viewer's place there.</param>
/// <param name="viewer">Is given what comes.</param>
internal abstract class LoadTransport(LoadLoop loop, int slot, LoadViewer viewer)
{
    /// <summary>Small enough for a viewer that does not read to be felt by the server.</summary>
    private const int HesitantReceiveBuffer = 64 * 1024;

    /// <summary>Whether messages can be said.</summary>
    public abstract bool IsOpen { get; }

    /// <summary>Where its sockets are waited for.</summary>
    protected LoadLoop Loop => loop;

    /// <summary>Is given what comes.</summary>
    protected LoadViewer Viewer => viewer;

    /// <summary>The transport to what the loop's viewers connect to.</summary>
    public static LoadTransport To(LoadTarget target, LoadLoop loop, int slot, LoadViewer viewer) =>
        target.Transport == FanoutTransport.WebSocket ? new WebSocketTransport(loop, slot, viewer) : new NativeTransport(loop, slot, viewer);

    /// <summary>Begins to connect.</summary>
    public abstract void Start();

    /// <summary>A socket is ready.</summary>
    /// <exception cref="ProtocolException">The server did what it may not.</exception>
    public abstract void OnReady(ConnectionKind kind, Span<byte> buffer);

    /// <summary>Says a message, if there is room for it at once.</summary>
    /// <param name="line">It, with the end of its line.</param>
    /// <returns>False if there is none.</returns>
    public abstract bool TrySend(ReadOnlySpan<byte> line);

    /// <summary>Frames are read, or they are left where they are.</summary>
    public abstract void SetReading(bool isReading);

    /// <summary>Closes all.</summary>
    public abstract void End();

    /// <summary>Begins to connect a socket.</summary>
    protected ViewerConnection Connect(ConnectionKind kind, int port, ConnectionTracks tracks)
    {
        var socket = NativeSocket.Connect(new(loop.Target.Server.Address, port), viewer.Hesitates && kind != ConnectionKind.Control ? HesitantReceiveBuffer : null);
        var verifier = new FrameVerifier(tracks, loop.Target.LoopLength is not null);
        var connection = new ViewerConnection(socket, LoadLoop.KeyOf(slot, kind), verifier);
        loop.Poller.Watch(socket, Readiness.Writable, connection.Key);
        return connection;
    }

    /// <summary>Whether a connection that is ready was made before; if it is made just now it sends what it begins with.</summary>
    protected bool IsConnected(ViewerConnection connection)
    {
        if (connection.IsConnected)
        {
            return true;
        }

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

        return false;
    }

    /// <summary>Waits for what comes on a connection, or does not.</summary>
    protected void SetReading(ViewerConnection? connection, bool isReading)
    {
        if (connection is { IsConnected: true })
        {
            loop.Poller.Change(connection.Socket, isReading ? Readiness.Readable : Readiness.None, connection.Key);
        }
    }

    /// <summary>Gives the viewer the frames in what came.</summary>
    /// <param name="connection">Where it came.</param>
    /// <param name="bytes">What came.</param>
    /// <param name="now">When.</param>
    protected void TakeFrames(ViewerConnection connection, ReadOnlySpan<byte> bytes, long now)
    {
        var verifier = connection.Verifier;
        while (bytes.Length > 0 && verifier.TryRead(ref bytes, out var frame))
        {
            if (frame.Header.Kind == FrameKind.Message)
            {
                viewer.TakeMessage(verifier.Message);
            }
            else
            {
                viewer.Media.Take(frame, now);
            }
        }
    }

    /// <summary>Sends what a new connection has room for.</summary>
    protected static void Send(ViewerConnection connection, ReadOnlySpan<byte> bytes)
    {
        if (connection.Socket.Send(bytes) != bytes.Length)
        {
            throw new ProtocolException(ProtocolErrorCode.Unexpected, $"the server does not take {Encoding.UTF8.GetString(bytes).TrimEnd()}");
        }
    }

    /// <summary>Throws if what a read gave says that the server has closed.</summary>
    protected static void ThrowIfClosed(int count, string connection)
    {
        if (count != NativeSocket.WouldBlock)
        {
            throw new ProtocolException(ProtocolErrorCode.Unexpected, $"the server closed the {connection} connection");
        }
    }
}

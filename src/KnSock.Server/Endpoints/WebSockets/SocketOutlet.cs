using System.Net.Sockets;
using KnSock.Protocol;
using KnSock.Server.Adaptation;
using KnSock.Server.Endpoints.Sockets;
using KnSock.Server.Loops;

namespace KnSock.Server.Endpoints.WebSockets;

/// <summary>The socket itself, around the web server, which only reads it: a write costs what it costs a native viewer. For connections without TLS.</summary>
/// <remarks>The socket is the web server's and closed by it; its handle is held for as long as this object lives, so that the number of it means no other.</remarks>
internal sealed class SocketOutlet : IOutlet
{
    private readonly SocketMediaConnection _connection;
    private SenderLoop? _loop;
    private int _key = -1;
    private bool _isAwaited;

    /// <summary>Holds the socket's handle.</summary>
    /// <exception cref="ObjectDisposedException">The viewer is gone already.</exception>
    public SocketOutlet(Socket socket, ServerClock clock)
    {
        var isHeld = false;
        socket.SafeHandle.DangerousAddRef(ref isHeld);
        socket.NoDelay = true;
        _connection = new SocketMediaConnection(socket, clock);
    }

    /// <inheritdoc/>
    public TimeSpan? WaitingSince => _connection.WaitingSince;

    /// <inheritdoc/>
    public void Open(SenderLoop loop, LoopMember session, int tag)
    {
        _loop = loop;
        _key = loop.Watch(_connection.Socket, session, tag, Interest.None);
    }

    /// <inheritdoc/>
    public void AwaitRoom() => Await(WaitingSince is not null);

    /// <inheritdoc/>
    public void NoteRoom()
    {
        _connection.NoteRoom();
        Await(false);
    }

    /// <inheritdoc/>
    public int Write(Segments segments) => _connection.Write(segments);

    /// <inheritdoc/>
    public int Write(ReadOnlySpan<byte> bytes) => _connection.Write(bytes);

    /// <inheritdoc/>
    public LinkSample Sample(TimeSpan now) => _connection.Sample(now);

    /// <inheritdoc/>
    public void AllowMore(bool more) => _connection.AllowMore(more);

    /// <inheritdoc/>
    /// <remarks>The web server waits for the socket as everybody does, and is not woken either.</remarks>
    public bool TryReadLater(bool later)
    {
        TcpInfo.ReportReadableFrom(_connection.Socket, later ? ProtocolLimits.HeardAtOnce : 1);
        return OperatingSystem.IsLinux();
    }

    public void Dispose()
    {
        if (_key >= 0)
        {
            _loop!.Unwatch(_connection.Socket, _key);
            _key = -1;
        }

        _connection.Socket.SafeHandle.DangerousRelease();
    }

    private void Await(bool room)
    {
        if (_key >= 0 && room != _isAwaited)
        {
            _isAwaited = room;
            _loop!.Change(_connection.Socket, _key, room ? Interest.Write : Interest.None);
        }
    }
}

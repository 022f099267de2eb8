using System.Net;
using System.Net.Sockets;
using KnSock.Server.Access;
using KnSock.Server.Endpoints.Sockets;
using KnSock.Server.Endpoints.Tls;

namespace KnSock.Server.Endpoints.Native;

/// <summary>A connection that has come in: its socket, what encrypts it, and its place among those that have not said who they are.</summary>
internal sealed class IncomingConnection : IDisposable
{
    private readonly TakenPlace _place;

    /// <summary>Takes a connection over.</summary>
    /// <param name="socket">The socket; this object's.</param>
    /// <param name="address">Address of the other side. Null: it is not known any more.</param>
    /// <param name="place">Its place; this object's.</param>
    public IncomingConnection(Socket socket, IPEndPoint? address, TakenPlace place)
    {
        (Socket, _place, Address) = (socket, place, address?.Address);
        Peer = address is null ? "a peer" : address.Address.IsIPv4MappedToIPv6 ? $"{address.Address.MapToIPv4()}:{address.Port}" : address.ToString();
    }

    public Socket Socket { get; }

    /// <summary>What encrypts it. Null: nothing does.</summary>
    public TlsChannel? Tls { get; set; }

    /// <summary>Address of the other side. Null: it is not known.</summary>
    public IPAddress? Address { get; }

    /// <summary>Address and port of the other side, for the log.</summary>
    public string Peer { get; }

    /// <summary>What is spoken over it before it is handed to a session.</summary>
    public Stream OpenStream() => Tls?.Stream ?? new NetworkStream(Socket);

    /// <summary>It has said who it is, or is closed: its place is for others.</summary>
    public void GiveBackPlace() => _place.Dispose();

    /// <summary>The connection as a session sends media over it.</summary>
    public SocketMediaConnection ForMedia(ServerClock clock)
    {
        Tls?.StopWaiting();
        return new SocketMediaConnection(Socket, clock, Tls);
    }

    /// <summary>The connection as lines are exchanged over it on a loop.</summary>
    public ControlConnection ForMessages(WaitingBytes? waiting)
    {
        Socket.Blocking = false;
        Tls?.StopWaiting();
        return new ControlConnection(Socket, Tls, waiting);
    }

    /// <summary>Closes it.</summary>
    public void Dispose()
    {
        GiveBackPlace();
        Tls?.Dispose();
        Socket.Dispose();
    }
}

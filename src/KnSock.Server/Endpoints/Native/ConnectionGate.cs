using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using KnSock.Protocol;
using KnSock.Protocol.Messages;
using KnSock.Server.Access;
using KnSock.Server.Diagnostics;
using KnSock.Server.Endpoints.Tls;

namespace KnSock.Server.Endpoints.Native;

/// <summary>Lets connections in, as many as may come at a time, and encrypted where the server has a certificate.</summary>
/// <param name="pending">Places of those that have not said who they are.</param>
/// <param name="certificate">What they are encrypted with. Null: they are not.</param>
/// <param name="waiting">Keeps account of what is kept for those who do not take it.</param>
/// <param name="metrics">Counts those that are refused.</param>
internal sealed class ConnectionGate(Places pending, ServerCertificate? certificate, WaitingBytes waiting, ServerMetrics metrics)
{
    /// <summary>The first byte of all that speak TLS: a record of the handshake (RFC 8446, 5.1).</summary>
    private const byte TlsHandshake = 22;

    /// <summary>Whether connections are encrypted.</summary>
    public bool Encrypts => certificate is not null;

    /// <summary>Takes a connection over, or says why not and closes it.</summary>
    /// <param name="socket">The connection.</param>
    /// <param name="isTold">Whether the protocol has the server say something on it first, so that it can be told why.</param>
    /// <param name="incoming">It, in its place.</param>
    /// <param name="refusal">Why there is none for it.</param>
    public bool TryLetIn(Socket socket, bool isTold, [NotNullWhen(true)] out IncomingConnection? incoming, [NotNullWhen(false)] out string? refusal)
    {
        var address = AddressOf(socket);
        if (pending.TryTake(address?.Address, out var place, out refusal))
        {
            incoming = new IncomingConnection(socket, address, place);
            return true;
        }

        incoming = null;
        metrics.ConnectionRefused("pending");
        if (isTold && certificate is null)
        {
            Tell(socket, new ErrorNotice { Code = "full", Message = refusal });
        }

        socket.Dispose();
        return false;
    }

    /// <summary>Encrypts a connection where that is to be. One that does not speak TLS is told so in clear words.</summary>
    /// <exception cref="ProtocolException">The other side does not speak TLS as it is spoken here.</exception>
    /// <exception cref="IOException">The other side has left.</exception>
    public async Task EncryptAsync(IncomingConnection incoming, CancellationToken cancellationToken)
    {
        if (certificate is null)
        {
            return;
        }

        var first = new byte[1];
        var count = await incoming.Socket.ReceiveAsync(first, SocketFlags.Peek, cancellationToken);
        if (count > 0 && first[0] != TlsHandshake)
        {
            Tell(incoming.Socket, new ErrorNotice { Code = "tls", Message = "this port speaks TLS only; connect with TLS" });
            throw new ProtocolException(ProtocolErrorCode.Unexpected, "it does not speak TLS");
        }

        try
        {
            incoming.Tls = await TlsChannel.AcceptAsync(incoming.Socket, certificate.ForConnection(), waiting, cancellationToken);
        }
        catch (Exception e) when (TlsChannel.IsOfTls(e))
        {
            throw new ProtocolException(ProtocolErrorCode.Unexpected, $"TLS could not be begun: {e.Message}", e);
        }
    }

    /// <summary>Says a line as far as there is room; nobody waits for one who is sent away.</summary>
    private static void Tell(Socket socket, ErrorNotice notice)
    {
        try
        {
            socket.Blocking = false;
            socket.Send(MessageJson.WriteLine(notice), SocketFlags.None, out _);
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It has gone already.
        }
    }

    private static IPEndPoint? AddressOf(Socket socket)
    {
        try
        {
            return socket.RemoteEndPoint as IPEndPoint;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return null;
        }
    }
}

using System.Net.Sockets;
using KnSock.Protocol;
using KnSock.Server.Access;
using KnSock.Server.Endpoints.Tls;
using KnSock.Server.Interop;
using KnSock.Server.Sessions;

namespace KnSock.Server.Endpoints.Native;

/// <summary>Lines both ways over a socket, without waiting. It holds no more than a line that has not come to its end and what there is no room for yet.</summary>
/// <param name="socket">The socket; this object's.</param>
/// <param name="tls">What encrypts it; this object's. Null: nothing does.</param>
/// <param name="allWaiting">Keeps account of what all sessions keep. Null: nobody does.</param>
internal sealed class ControlConnection(Socket socket, TlsChannel? tls = null, WaitingBytes? allWaiting = null) : IDisposable
{
    /// <summary>A viewer for which more than this is waiting does not read.</summary>
    private const int MostWaiting = 256 * 1024;

    private byte[] _begun = [];
    private int _begunCount;
    private Queue<ReadOnlyMemory<byte>>? _waiting;
    private int _waitingBytes;

    public Socket Socket => socket;

    /// <summary>Something waits for room.</summary>
    public bool IsBlocked => _waitingBytes > 0;

    /// <summary>Reads what has come and gives out each line.</summary>
    /// <param name="scratch">Room to receive into.</param>
    /// <param name="listener">Hears the lines, without their ends.</param>
    /// <returns>False when the viewer has closed or the connection broke.</returns>
    /// <exception cref="ProtocolException">A line is too long.</exception>
    public bool Receive(byte[] scratch, IMessageListener listener)
    {
        if (tls is not null)
        {
            return tls.Receive(scratch, (Connection: this, Listener: listener), static (to, bytes) => to.Connection.Split(bytes, to.Listener));
        }

        var count = socket.Receive(scratch, SocketFlags.None, out var error);
        if (error == SocketError.WouldBlock)
        {
            return true;
        }

        if (error != SocketError.Success || count == 0)
        {
            return false;
        }

        Split(scratch.AsSpan(0, count), listener);
        return true;
    }

    /// <summary>Sends a line, or keeps it until there is room.</summary>
    /// <returns>False if too much is waiting already.</returns>
    /// <exception cref="IOException">The connection is broken.</exception>
    public bool Send(ReadOnlyMemory<byte> line)
    {
        if (!IsBlocked)
        {
            line = line[(tls?.Send(line.Span) ?? SocketSender.Send(socket, line.Span))..];
        }

        if (line.IsEmpty)
        {
            return true;
        }

        // One line is never too much, so that a catalog of any size gets through.
        var isRead = _waitingBytes <= MostWaiting && allWaiting?.IsFull != true;
        _waiting ??= new Queue<ReadOnlyMemory<byte>>();
        _waiting.Enqueue(line);
        Count(line.Length);
        return isRead;
    }

    /// <summary>Sends what was kept, as far as there is room.</summary>
    /// <exception cref="IOException">The connection is broken.</exception>
    public void SendWaiting()
    {
        var waiting = _waiting;
        _waiting = null;
        Count(-_waitingBytes);
        while (waiting?.TryDequeue(out var line) == true)
        {
            Send(line);
        }
    }

    /// <summary>Closes it.</summary>
    public void Dispose()
    {
        _waiting = null;
        Count(-_waitingBytes);
        tls?.Dispose();
        socket.Dispose();
    }

    private void Count(int bytes)
    {
        _waitingBytes += bytes;
        allWaiting?.Add(bytes);
    }

    private void Split(ReadOnlySpan<byte> received, IMessageListener listener)
    {
        while (received.IndexOf((byte)'\n') is >= 0 and var end)
        {
            if (_begunCount > 0)
            {
                Keep(received[..end]);
                Give(_begun.AsSpan(0, _begunCount), received[(end + 1)..], listener);
                (_begun, _begunCount) = ([], 0);
            }
            else
            {
                Give(received[..end], received[(end + 1)..], listener);
            }

            received = received[(end + 1)..];
        }

        Keep(received);
    }

    private static void Give(ReadOnlySpan<byte> line, ReadOnlySpan<byte> behind, IMessageListener listener)
    {
        line = line is [.., (byte)'\r'] ? line[..^1] : line;
        ThrowIfTooLong(line.Length);
        listener.OnMessage(line, behind);
    }

    private void Keep(ReadOnlySpan<byte> part)
    {
        // One byte beyond the limit may still turn out to be the CR of the line's end.
        ThrowIfTooLong(_begunCount + part.Length - 1);
        if (_begunCount + part.Length > _begun.Length)
        {
            Array.Resize(ref _begun, Math.Max(256, 2 * (_begunCount + part.Length)));
        }

        part.CopyTo(_begun.AsSpan(_begunCount));
        _begunCount += part.Length;
    }

    private static void ThrowIfTooLong(int length)
    {
        if (length > ProtocolLimits.MaxClientLine)
        {
            throw new ProtocolException(ProtocolErrorCode.TooLong, $"a line is longer than {ProtocolLimits.MaxClientLine} bytes");
        }
    }
}

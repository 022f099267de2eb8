using System.ComponentModel;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using KnSock.Server.Access;
using KnSock.Server.Interop;
using KnSock.Server.Loops;

namespace KnSock.Server.Endpoints.Tls;

/// <summary>
/// TLS over a socket for a sender loop, which waits for nothing: what is to be sent is encrypted on the loop's thread and handed to the kernel in the same call, and what has come is decrypted when the
/// socket is ready. No task and no other thread has a part in it.
/// </summary>
/// <remarks>
/// What was encrypted cannot be taken back, so what the kernel has no room for is kept. To the caller the last byte of that counts as not taken: the rest of a frame or line comes first the next time, so
/// it comes back, and until then the caller waits for room as it does without TLS. By what is kept a viewer costs the server no more than one piece.
/// </remarks>
internal sealed class TlsChannel : IDisposable
{
    /// <summary>Encrypted in one go: a record of TLS has at most as much (RFC 8446, 5.1).</summary>
    private const int Piece = 16 * 1024;

    /// <summary>The same for a viewer with seconds in its buffer: each call to the kernel costs.</summary>
    private const int PieceOfPatient = 128 * 1024;

    /// <summary>Reads of one look at the connection, so that who sends without end holds up nobody.</summary>
    private const int MostReads = 64;

    /// <summary>Encrypted bytes that may come for each byte of messages: the shortest message has about as many bytes as a record adds to it.</summary>
    private const int MostOverhead = 4;

    /// <summary>Those that may come beside: the handshake's rest, new keys.</summary>
    private const int FreeOverhead = 256 * 1024;

    [ThreadStatic]
    private static byte[]? _plain;

    private readonly Socket _socket;
    private readonly CipherStream _cipher;
    private readonly SslStream _ssl;
    private readonly WaitingBytes? _waiting;
    private Task<int>? _readable;
    private bool _owesLast;
    private int _counted;
    private long _given;

    private TlsChannel(Socket socket, CipherStream cipher, SslStream ssl, WaitingBytes? waiting) => (_socket, _cipher, _ssl, _waiting) = (socket, cipher, ssl, waiting);

    /// <summary>What is spoken over it while one may wait; until <see cref="StopWaiting"/>.</summary>
    public Stream Stream => _ssl;

    /// <summary>Encrypted bytes that the kernel has taken.</summary>
    public long Sent { get; private set; }

    /// <summary>Whether larger pieces may be taken: what was taken cannot be recalled, but each costs.</summary>
    public bool AllowsMore { get; set; }

    /// <summary>Shakes hands with a client.</summary>
    /// <param name="socket">The connection; it remains the caller's.</param>
    /// <param name="options">The certificate.</param>
    /// <param name="waiting">Keeps account of what is kept. Null: nobody does.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="AuthenticationException">The client does not speak TLS as it is spoken here.</exception>
    /// <exception cref="IOException">The client has left.</exception>
    public static async Task<TlsChannel> AcceptAsync(Socket socket, SslServerAuthenticationOptions options, WaitingBytes? waiting, CancellationToken cancellationToken)
    {
        var cipher = new CipherStream(socket);
        var ssl = new SslStream(cipher);
        try
        {
            await ssl.AuthenticateAsServerAsync(options, cancellationToken);
            return new TlsChannel(socket, cipher, ssl, waiting);
        }
        catch
        {
            await ssl.DisposeAsync();
            throw;
        }
    }

    /// <summary>From now on it is used by a loop, and waits for nothing.</summary>
    public void StopWaiting() => _cipher.StopWaiting();

    /// <summary>Sends what there is room for.</summary>
    /// <returns>Bytes taken.</returns>
    /// <exception cref="IOException">The connection is broken.</exception>
    public int Send(Segments segments)
    {
        var taken = 0;
        while (taken < segments.Length)
        {
            // Several small pieces go into one record.
            var plain = Plain(Math.Min(segments.Length - taken, MostAtOnce));
            Gather(segments, taken, plain);
            var sent = Send(plain);
            taken += sent;
            if (sent < plain.Length)
            {
                break;
            }
        }

        return taken;
    }

    /// <summary>Sends what there is room for.</summary>
    /// <returns>Bytes taken.</returns>
    /// <exception cref="IOException">The connection is broken.</exception>
    public int Send(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty || !TryFlush())
        {
            return 0;
        }

        var taken = _owesLast ? 1 : 0;
        _owesLast = false;
        while (taken < bytes.Length)
        {
            var piece = bytes.Slice(taken, Math.Min(MostAtOnce, bytes.Length - taken));
            _ssl.Write(piece);
            taken += piece.Length;
            if (!TryFlush())
            {
                _owesLast = true;
                return taken - 1;
            }
        }

        return taken;
    }

    /// <summary>Reads what has come.</summary>
    /// <param name="room">Room to read into.</param>
    /// <param name="state">What it is handed on with.</param>
    /// <param name="take">Gets what was read, several times.</param>
    /// <returns>False when the other side has closed.</returns>
    /// <exception cref="IOException">The connection is broken.</exception>
    public bool Receive<TState>(byte[] room, TState state, Action<TState, ReadOnlySpan<byte>> take)
    {
        try
        {
            return ReceiveAll(room, state, take);
        }
        catch (Exception e) when (IsOfTls(e))
        {
            throw new IOException("the viewer's connection broke: what came is not TLS", e);
        }
    }

    /// <summary>Whether an exception is one by which TLS says that the other side does not keep to it.</summary>
    public static bool IsOfTls(Exception e) => e is AuthenticationException or Win32Exception or CryptographicException or NotSupportedException or FormatException;

    /// <summary>Says goodbye if that can be said at once. The socket is the caller's to close.</summary>
    public void Dispose()
    {
        try
        {
            if (_cipher.Written.Length == 0)
            {
                StopWaiting();
                _ = _ssl.ShutdownAsync();
                TryFlush();
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException or SocketException || IsOfTls(e))
        {
            // There is nobody to be told, or nothing can be said any more after what came.
        }

        _ssl.Dispose();
        _cipher.Written.Clear();
        Count();
    }

    private int MostAtOnce => AllowsMore && _waiting?.IsFull != true ? PieceOfPatient : Piece;

    private static Span<byte> Plain(int length) =>
        (_plain is { } plain && plain.Length >= length ? plain : _plain = GC.AllocateUninitializedArray<byte>(Math.Max(length, Piece))).AsSpan(0, length);

    private static void Gather(Segments segments, int skipped, Span<byte> room)
    {
        for (var i = 0; i < segments.Count && !room.IsEmpty; i++)
        {
            var bytes = segments[i].Span;
            var start = Math.Min(skipped, bytes.Length);
            skipped -= start;
            bytes = bytes[start..];
            bytes = bytes[..Math.Min(bytes.Length, room.Length)];
            bytes.CopyTo(room);
            room = room[bytes.Length..];
        }
    }

    private bool ReceiveAll<TState>(byte[] room, TState state, Action<TState, ReadOnlySpan<byte>> take)
    {
        _readable ??= AwaitAsync();
        _cipher.OnReadable();
        for (var reads = 0; reads < MostReads && _readable.IsCompleted; reads++)
        {
            _readable.GetAwaiter().GetResult();
            // What a read without room has waited for is there.
            var reading = _ssl.ReadAsync(room, CancellationToken.None).AsTask();
            var count = reading.IsCompleted ? reading.GetAwaiter().GetResult() : throw new IOException("TLS did not give out what has come");
            if (count == 0)
            {
                return false;
            }

            _given += count;
            take(state, room.AsSpan(0, count));
            _readable = AwaitAsync();
        }

        // Records without content reach nobody who could say that they are too many.
        if (_cipher.Received > (MostOverhead * _given) + FreeOverhead)
        {
            throw new IOException("the viewer floods its connection with empty records");
        }

        return true;
    }

    /// <summary>Completes when there is something to read; takes no memory until then.</summary>
    private Task<int> AwaitAsync() => _ssl.ReadAsync(Memory<byte>.Empty).AsTask();

    /// <summary>False if some waits still.</summary>
    private bool TryFlush()
    {
        var written = _cipher.Written;
        while (written.Length > 0)
        {
            var sent = SocketSender.Send(_socket, (int)_socket.Handle, written.Bytes);
            if (sent == 0)
            {
                break;
            }

            Sent += sent;
            written.Sent(sent);
        }

        Count();
        return written.Length == 0;
    }

    private void Count()
    {
        if (_cipher.Written.Length != _counted)
        {
            _waiting?.Add(_cipher.Written.Length - _counted);
            _counted = _cipher.Written.Length;
        }
    }
}

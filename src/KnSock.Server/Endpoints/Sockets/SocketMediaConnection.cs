using System.Net.Sockets;
using KnSock.Server.Adaptation;
using KnSock.Server.Endpoints.Tls;
using KnSock.Server.Interop;
using KnSock.Server.Loops;
using KnSock.Server.Sessions;

namespace KnSock.Server.Endpoints.Sockets;

/// <summary>A TCP connection that carries frames.</summary>
/// <remarks>Where it is encrypted, the link is seen by the encrypted bytes, which are what it carries.</remarks>
internal sealed class SocketMediaConnection : IMediaConnection, IDisposable
{
    /// <summary>Held by the kernel beyond what is in flight; enough to keep it busy, little enough to change one's mind.</summary>
    private const int UnsentLimit = 16 * 1024;

    /// <summary>The same for a viewer with seconds in its buffer, whom it does not hurt if what is under way is not what would be sent now.</summary>
    private const int LargeUnsentLimit = 128 * 1024;

    private static readonly TimeSpan OverdueAfter = TimeSpan.FromMilliseconds(40);

    private readonly Socket _socket;
    private readonly int _descriptor;
    private readonly ServerClock _clock;
    private readonly TlsChannel? _tls;
    private readonly long _ackedBefore;
    private long _written;
    private long _delivered;
    private (long Written, TimeSpan At) _lastSample;
    private bool _isClear;
    private bool _allowsMore;

    /// <summary>Sends over a socket from now on.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="clock">The server's clock.</param>
    /// <param name="tls">What encrypts it. Null: nothing does.</param>
    public SocketMediaConnection(Socket socket, ServerClock clock, TlsChannel? tls = null)
    {
        (_socket, _descriptor, _clock, _tls) = (socket, (int)socket.Handle, clock, tls);
        TcpInfo.LimitUnsent(socket, UnsentLimit);
        _ackedBefore = TcpInfo.Read(socket)?.BytesAcked ?? 0;
    }

    public Socket Socket => _socket;

    /// <inheritdoc/>
    public TimeSpan? WaitingSince { get; private set; }

    /// <inheritdoc/>
    public void AllowMore(bool more)
    {
        if (more != _allowsMore)
        {
            _allowsMore = more;
            TcpInfo.LimitUnsent(_socket, more ? LargeUnsentLimit : UnsentLimit);
            if (_tls is not null)
            {
                _tls.AllowsMore = more;
            }
        }
    }

    /// <inheritdoc/>
    public int Write(Segments segments) => _tls is null ? Note(SocketSender.Send(_socket, segments), segments.Length) : NoteEncrypted(_tls.Send(segments), segments.Length);

    /// <inheritdoc/>
    public int Write(ReadOnlySpan<byte> bytes) =>
        _tls is null ? Note(SocketSender.Send(_socket, _descriptor, bytes), bytes.Length) : NoteEncrypted(_tls.Send(bytes), bytes.Length);

    /// <summary>There is room again: nothing waits for it until the next write finds too little.</summary>
    public void NoteRoom() => WaitingSince = null;

    /// <inheritdoc/>
    /// <remarks>
    /// Bytes can be held up without any waiting to be sent: a limit that sets in suddenly loses what a wide window has let go. So the link counts
    /// as backlogged, too, while what was written by the last sample is not acknowledged after much more than a round trip.
    /// </remarks>
    public LinkSample Sample(TimeSpan now)
    {
        var written = _written;
        var before = _lastSample;
        _lastSample = (written, now);
        if (_isClear)
        {
            // All has arrived and nothing was written since: the kernel has nothing new to tell.
            return new LinkSample(written, IsBacklogged: false);
        }

        if (TcpInfo.Read(_socket) is not { } info)
        {
            return new LinkSample(written, WaitingSince is not null);
        }

        // Segments are not all of full size, so those behind gaps are counted about right and never twice.
        var acked = Math.Max(0, info.BytesAcked - _ackedBefore);
        var delivered = _delivered = Math.Max(_delivered, Math.Min(written, acked + info.SackedBytes));
        var isOverdue = delivered < before.Written && now - before.At > info.MinRtt + OverdueAfter;
        _isClear = acked == written;
        return new LinkSample(delivered, info.NotSentBytes > 0 || WaitingSince is not null || isOverdue, written - delivered);
    }

    /// <summary>Bytes that were taken and are not acknowledged yet; zero where the system does not tell.</summary>
    public long UnderWay() => TcpInfo.Read(_socket) is { } info ? Math.Max(0, _written - Math.Max(0, info.BytesAcked - _ackedBefore)) : 0;

    /// <summary>Closes it.</summary>
    public void Dispose()
    {
        _tls?.Dispose();
        _socket.Dispose();
    }

    private int Note(int sent, int wanted)
    {
        _written += sent;
        Note(sent == wanted, sent > 0);
        return sent;
    }

    private int NoteEncrypted(int taken, int wanted)
    {
        var before = _written;
        _written = _tls!.Sent;
        Note(taken == wanted, _written > before);
        return taken;
    }

    private void Note(bool isAll, bool isSome)
    {
        _isClear &= !isSome;
        if (isAll)
        {
            WaitingSince = null;
        }
        else if (isSome || WaitingSince is null)
        {
            WaitingSince = _clock.Elapsed;
        }
    }
}

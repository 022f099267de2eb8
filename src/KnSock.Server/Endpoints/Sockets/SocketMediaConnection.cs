using System.Net.Sockets;
using KnSock.Server.Adaptation;
using KnSock.Server.Interop;
using KnSock.Server.Loops;
using KnSock.Server.Sessions;

namespace KnSock.Server.Endpoints.Sockets;

/// <summary>A TCP connection that carries frames.</summary>
internal sealed class SocketMediaConnection : IMediaConnection
{
    /// <summary>Held by the kernel beyond what is in flight; enough to keep it busy, little enough to change one's mind.</summary>
    private const int UnsentLimit = 16 * 1024;

    /// <summary>The same for a viewer with seconds in its buffer, whom it does not hurt if what is under way is not what would be sent now.</summary>
    private const int LargeUnsentLimit = 128 * 1024;

    private static readonly TimeSpan OverdueAfter = TimeSpan.FromMilliseconds(40);

    private readonly Socket _socket;
    private readonly int _descriptor;
    private readonly ServerClock _clock;
    private readonly long _ackedBefore;
    private long _written;
    private long _delivered;
    private (long Written, TimeSpan At) _lastSample;
    private bool _isClear;
    private bool _allowsMore;

    public SocketMediaConnection(Socket socket, ServerClock clock)
    {
        (_socket, _descriptor, _clock) = (socket, (int)socket.Handle, clock);
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
        }
    }

    /// <inheritdoc/>
    public int Write(Segments segments) => Note(SocketSender.Send(_socket, segments), segments.Length);

    /// <inheritdoc/>
    public int Write(ReadOnlySpan<byte> bytes) => Note(SocketSender.Send(_socket, _descriptor, bytes), bytes.Length);

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

    private int Note(int sent, int wanted)
    {
        _written += sent;
        _isClear &= sent == 0;
        if (sent == wanted)
        {
            WaitingSince = null;
        }
        else if (sent > 0 || WaitingSince is null)
        {
            WaitingSince = _clock.Elapsed;
        }

        return sent;
    }
}

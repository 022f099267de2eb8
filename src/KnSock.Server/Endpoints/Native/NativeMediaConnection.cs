using System.Net.Sockets;
using KnSock.Server.Adaptation;
using KnSock.Server.Sessions;

namespace KnSock.Server.Endpoints.Native;

/// <summary>A TCP connection that carries frames.</summary>
internal sealed class NativeMediaConnection : IMediaConnection
{
    /// <summary>Held by the kernel beyond what is in flight; enough to keep it busy, little enough to change one's mind.</summary>
    private const int UnsentLimit = 16 * 1024;

    private static readonly TimeSpan OverdueAfter = TimeSpan.FromMilliseconds(40);

    private readonly Socket _socket;
    private readonly ServerClock _clock;
    private readonly long _ackedBefore;
    private long _written;
    private long _waitingSince = -1;
    private (long Written, TimeSpan At) _lastSample;

    public NativeMediaConnection(Socket socket, ServerClock clock)
    {
        (_socket, _clock) = (socket, clock);
        TcpInfo.LimitUnsent(socket, UnsentLimit);
        _ackedBefore = TcpInfo.Read(socket)?.BytesAcked ?? 0;
    }

    /// <inheritdoc/>
    public TimeSpan? WaitingSince => Interlocked.Read(ref _waitingSince) is >= 0 and var ticks ? TimeSpan.FromTicks(ticks) : null;

    /// <inheritdoc/>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> frames, CancellationToken cancellationToken)
    {
        Interlocked.Exchange(ref _waitingSince, _clock.Elapsed.Ticks);
        try
        {
            while (frames.Length > 0)
            {
                var sent = await _socket.SendAsync(frames, SocketFlags.None, cancellationToken);
                frames = frames[sent..];
                Interlocked.Add(ref _written, sent);
                Interlocked.Exchange(ref _waitingSince, _clock.Elapsed.Ticks);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            throw new IOException("the viewer's connection broke", e);
        }
        finally
        {
            Interlocked.Exchange(ref _waitingSince, -1);
        }
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Bytes can be held up without any waiting to be sent: a limit that sets in suddenly loses what a wide window has let go. So the link counts
    /// as backlogged, too, while what was written by the last sample is not acknowledged after much more than a round trip.
    /// </remarks>
    public LinkSample Sample()
    {
        var (written, now) = (Interlocked.Read(ref _written), _clock.Elapsed);
        var before = _lastSample;
        _lastSample = (written, now);
        if (TcpInfo.Read(_socket) is not { } info)
        {
            return new LinkSample(written, WaitingSince is not null);
        }

        var delivered = Math.Max(0, info.BytesAcked - _ackedBefore);
        var isOverdue = delivered < before.Written && now - before.At > info.MinRtt + OverdueAfter;
        return new LinkSample(delivered, info.NotSentBytes > 0 || WaitingSince is not null || isOverdue);
    }
}

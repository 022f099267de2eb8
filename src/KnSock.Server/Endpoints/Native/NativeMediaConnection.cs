using System.Net.Sockets;
using KnSock.Server.Adaptation;
using KnSock.Server.Sessions;

namespace KnSock.Server.Endpoints.Native;

/// <summary>A TCP connection that carries frames.</summary>
internal sealed class NativeMediaConnection : IMediaConnection
{
    /// <summary>Held by the kernel beyond what is in flight; enough to keep it busy, little enough to change one's mind.</summary>
    private const int UnsentLimit = 16 * 1024;

    private readonly Socket _socket;
    private readonly ServerClock _clock;
    private long _written;
    private long _waitingSince = -1;

    public NativeMediaConnection(Socket socket, ServerClock clock)
    {
        (_socket, _clock) = (socket, clock);
        TcpInfo.LimitUnsent(socket, UnsentLimit);
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
    public LinkSample Sample()
    {
        var info = TcpInfo.Read(_socket);
        return new LinkSample(info?.BytesAcked ?? Interlocked.Read(ref _written), info?.NotSentBytes > 0 || WaitingSince is not null);
    }
}

using System.Net.Sockets;
using KnSock.Server.Interop;

namespace KnSock.Server.Loops;

/// <summary>
/// Readiness for systems without epoll: asks each socket every few milliseconds. It works everywhere and costs with the number of sockets; thousands of viewers
/// are for <see cref="EpollReadiness"/>.
/// </summary>
internal sealed class PollingReadiness : IReadiness
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(5);

    private readonly Dictionary<int, (Socket Socket, Interest Interest)> _watched = [];
    private readonly AutoResetEvent _woken = new(initialState: false);
    private int[] _keys = [];
    private int _first;

    /// <inheritdoc/>
    public void Add(Socket socket, int key, Interest interest)
    {
        _watched.Add(key, (socket, interest));
        _keys = [.. _watched.Keys];
    }

    /// <inheritdoc/>
    public void Change(Socket socket, int key, Interest interest) => _watched[key] = (socket, interest);

    /// <inheritdoc/>
    public void Remove(Socket socket, int key)
    {
        _watched.Remove(key);
        _keys = [.. _watched.Keys];
    }

    /// <inheritdoc/>
    public int Wait(TimeSpan timeout, Span<ReadySocket> ready)
    {
        var count = Look(ready);
        if (count == 0 && timeout > TimeSpan.Zero)
        {
            Pause(timeout < Interval ? timeout : Interval);
            count = Look(ready);
        }

        return count;
    }

    /// <inheritdoc/>
    public void Pause(TimeSpan time) => _woken.WaitOne(TimeSpan.FromMilliseconds(Math.Ceiling(time.TotalMilliseconds)));

    /// <inheritdoc/>
    public void Wake() => _woken.Set();

    public void Dispose() => _woken.Dispose();

    private int Look(Span<ReadySocket> ready)
    {
        var count = 0;
        // Goes on where it stopped for want of room the last time.
        var first = _keys.Length > 0 ? _first % _keys.Length : 0;
        for (var i = 0; i < _keys.Length && count < ready.Length; i++)
        {
            _first = first + i + 1;
            var key = _keys[(first + i) % _keys.Length];
            var (socket, interest) = _watched[key];
            var found = Look(socket, interest);
            if (found != Interest.None)
            {
                ready[count++] = new ReadySocket(key, found);
            }
        }

        return count;
    }

    private static Interest Look(Socket socket, Interest interest)
    {
        try
        {
            var isReadable = socket.Poll(0, SelectMode.SelectRead);
            var found = isReadable && socket.Available == 0 ? Interest.Ended : Interest.None;
            found |= isReadable && interest.HasFlag(Interest.Read) ? Interest.Read : Interest.None;
            return found | (interest.HasFlag(Interest.Write) && socket.Poll(0, SelectMode.SelectWrite) ? Interest.Write : Interest.None);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return Interest.Ended;
        }
    }
}

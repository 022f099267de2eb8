using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace KnSock.Testing.Network;

/// <summary>A slow link where network namespaces are not to be had: a proxy through which all connections of a viewer share one rate.</summary>
/// <remarks>
/// It listens on another loopback address under the same port numbers, so whoever follows ports that a server names stays behind it.
/// It reads no more than it may pass on and keeps its socket buffers small: what does not fit the link waits at the sender, as on a real link.
/// </remarks>
public sealed class ShapingProxy : IAsyncDisposable
{
    private const int ChunkSize = 2048;
    private const int SocketBuffer = 8 * 1024;
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(20);

    private readonly TokenBucket _bucket = new(burst: 4 * 1024);
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _ending = new();
    private readonly List<Socket> _listeners = [];
    private readonly ConcurrentDictionary<Task, bool> _tasks = new();
    private readonly IPAddress _target;
    private readonly TimeSpan _latency;

    /// <summary>Begins to listen.</summary>
    /// <param name="ports">Ports to listen on; each leads to the same port of <paramref name="target"/>.</param>
    /// <param name="latency">Time that every byte from the server takes on top.</param>
    /// <param name="target">Where the server is. Null: 127.0.0.1.</param>
    public ShapingProxy(IEnumerable<int> ports, TimeSpan latency = default, IPAddress? target = null)
    {
        (_target, _latency) = (target ?? IPAddress.Loopback, latency);
        foreach (var port in ports)
        {
            var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { SendBufferSize = SocketBuffer };
            _listeners.Add(listener);
            listener.Bind(new IPEndPoint(Address, port));
            listener.Listen();
            Track(AcceptAsync(listener, port));
        }
    }

    /// <summary>The address to connect to.</summary>
    public static IPAddress Address { get; } = IPAddress.Parse("127.0.0.2");

    /// <summary>Sets the rate of everything together from the server to the viewer, bit/s; null lifts the limit.</summary>
    public void SetRate(double? bitsPerSecond)
    {
        lock (_lock)
        {
            _bucket.SetRate(bitsPerSecond / 8, Now);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _listeners.ForEach(l => l.Dispose());
        await Task.WhenAll(_tasks.Keys);
        _ending.Dispose();
    }

    private static TimeSpan Now => TimeProvider.System.GetElapsedTime(0);

    private async Task AcceptAsync(Socket listener, int port)
    {
        try
        {
            while (true)
            {
                Track(PassAsync(await listener.AcceptAsync(_ending.Token), port));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The proxy ends.
        }
    }

    private async Task PassAsync(Socket viewer, int port)
    {
        using var toViewer = viewer;
        using var toServer = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = SocketBuffer };
        viewer.SendBufferSize = SocketBuffer;
        viewer.NoDelay = toServer.NoDelay = true;
        try
        {
            await toServer.ConnectAsync(new IPEndPoint(_target, port), _ending.Token);
            await Task.WhenAny(PassUpAsync(viewer, toServer), PassDownAsync(toServer, viewer));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            // The connection ends with the proxy, or because the server is not there.
        }
    }

    private async Task PassUpAsync(Socket viewer, Socket server)
    {
        var buffer = new byte[ChunkSize];
        while (await viewer.ReceiveAsync(buffer, _ending.Token) is > 0 and var read)
        {
            await SendAllAsync(server, buffer.AsMemory(0, read));
        }
    }

    private async Task PassDownAsync(Socket server, Socket viewer)
    {
        var delayed = new DelayLine(_latency);
        var sending = SendDelayedAsync(delayed, viewer);
        try
        {
            while (!sending.IsCompleted)
            {
                await WaitForTurnAsync();
                var buffer = new byte[ChunkSize];
                var read = await server.ReceiveAsync(buffer, _ending.Token);
                if (read == 0)
                {
                    break;
                }

                Take(read);
                await delayed.WriteAsync(buffer.AsMemory(0, read), Now, _ending.Token);
            }
        }
        finally
        {
            delayed.Complete();
            await sending;
        }
    }

    private async Task SendDelayedAsync(DelayLine delayed, Socket viewer)
    {
        await foreach (var (data, due) in delayed.ReadAllAsync(_ending.Token))
        {
            if (due - Now is { Ticks: > 0 } wait)
            {
                await Task.Delay(wait, _ending.Token);
            }

            await SendAllAsync(viewer, data);
        }
    }

    private async Task SendAllAsync(Socket socket, ReadOnlyMemory<byte> data)
    {
        while (data.Length > 0)
        {
            data = data[await socket.SendAsync(data, _ending.Token)..];
        }
    }

    private async Task WaitForTurnAsync()
    {
        // In short steps, so that a change of the rate is felt at once.
        while (WaitTime() is { Ticks: > 0 } wait)
        {
            await Task.Delay(wait < LongestWait ? wait : LongestWait, _ending.Token);
        }
    }

    private TimeSpan WaitTime()
    {
        lock (_lock)
        {
            return _bucket.WaitTime(Now);
        }
    }

    private void Take(int bytes)
    {
        lock (_lock)
        {
            _bucket.Take(bytes, Now);
        }
    }

    private void Track(Task task)
    {
        var quiet = task.ContinueWith(t => _ = t.Exception, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        _tasks[quiet] = true;
        _ = quiet.ContinueWith(t => _tasks.TryRemove(t, out _), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }
}

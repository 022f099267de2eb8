using System.Net.Sockets;
using KnSock.Shaped.Links.Spaces;

namespace KnSock.Testing.Network;

/// <summary>Two network namespaces with a cable between them, whose rate can be set: a real link with the kernel's own TCP on both sides.</summary>
public sealed class NetworkNamespace : IAsyncDisposable
{
    private static readonly Lazy<Task<string?>> Obstacle = new(FindObstacleAsync);

    private readonly NetworkSpace _server;
    private readonly NetworkSpace _viewer;

    private NetworkNamespace(NetworkSpace server, NetworkSpace viewer) => (_server, _viewer) = (server, viewer);

    /// <summary>Address of the server's side.</summary>
    public static string ServerAddress => "10.77.0.1";

    /// <summary>Address of the viewer's side.</summary>
    public static string ViewerAddress => "10.77.0.2";

    /// <summary>What stands before a command that runs on the server's side.</summary>
    public IReadOnlyList<string> OnServer => _server.Prefix;

    /// <summary>What stands before a command that runs on the viewer's side.</summary>
    public IReadOnlyList<string> OnViewer => _viewer.Prefix;

    /// <summary>Why no namespaces can be made here; null: they can.</summary>
    public static Task<string?> WhyNotAsync() => Obstacle.Value;

    /// <summary>Makes both namespaces and the cable, without a limit.</summary>
    public static async Task<NetworkNamespace> CreateAsync()
    {
        await NetworkSpace.SweepAsync();
        var spaces = await NetworkSpace.CreateAsync(2);
        var made = new NetworkNamespace(spaces[0], spaces[1]);
        try
        {
            await made.ConnectAsync();
            return made;
        }
        catch
        {
            await made.DisposeAsync();
            throw;
        }
    }

    /// <summary>Limits the way from the server to the viewer.</summary>
    /// <param name="bitsPerSecond">Its rate; null lifts the limit.</param>
    /// <param name="queue">The longest that a packet waits for its turn before packets are dropped, as a router's buffer does.</param>
    public Task SetRateAsync(double? bitsPerSecond, TimeSpan? queue = null) => bitsPerSecond is { } rate
        // 10 ms at once, as a modem does: with less, the bucket runs over between two ticks of the kernel and the rate is not reached.
        ? _server.TcAsync(
            $"qdisc replace dev cable root tbf rate {rate:0}bit burst {Math.Max(4000, rate / 800):0} latency {(queue ?? TimeSpan.FromMilliseconds(100)).TotalMilliseconds:0}ms")
        : _server.TryTcAsync("qdisc del dev cable root");

    /// <summary>A socket of this process on the server's side.</summary>
    public Socket OpenOnServer() => OpenIn(_server);

    /// <summary>A socket of this process on the viewer's side.</summary>
    public Socket OpenOnViewer() => OpenIn(_viewer);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _viewer.DisposeAsync();
    }

    private static Socket OpenIn(NetworkSpace space) => space.Open(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));

    private async Task ConnectAsync()
    {
        // Both ends are made inside, so nothing is ever to be seen of them outside.
        await _server.IpAsync($"link add cable type veth peer name cable netns {_viewer.Name}");
        foreach (var (space, address) in new[] { (_server, ServerAddress), (_viewer, ViewerAddress) })
        {
            await space.IpAsync($"address add {address}/24 dev cable");
            await space.IpAsync("link set cable up");
        }
    }

    private static async Task<string?> FindObstacleAsync()
    {
        try
        {
            await using var trial = await CreateAsync();
            await trial.SetRateAsync(1e6);
            return null;
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return $"no network namespaces here: {e.Message.Trim()}";
        }
    }
}

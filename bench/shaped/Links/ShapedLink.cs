using System.ComponentModel;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using KnSock.Shaped.Links.Spaces;

namespace KnSock.Shaped.Links;

/// <summary>
/// A real link: server, router and viewer each in a network namespace. Between server and router lies a long cable, half a round trip each way; the router's way to the
/// viewer is the bottleneck, with a token bucket and a queue. The way back is as wide as can be.
/// </summary>
/// <remarks>
/// A bottleneck on the server itself would be another thing: there the kernel tells TCP when the queue is full, and nothing would ever wait in it or be dropped.
/// </remarks>
internal sealed class ShapedLink : IAsyncDisposable
{
    /// <summary>Where the viewer finds the server.</summary>
    public const string ServerAddress = "10.77.1.1";

    private const string ServersRouter = "10.77.1.2";
    private const string ViewersRouter = "10.77.2.1";
    private const string ViewerAddress = "10.77.2.2";
    private const string ViewersNet = "10.77.2.0/24";
    private const string RouterHardware = "02:00:00:00:00:01";
    private const string ViewerHardware = "02:00:00:00:00:02";
    private const int Discard = 9;

    private readonly NetworkSpace _server;
    private readonly NetworkSpace _router;
    private readonly NetworkSpace _viewer;
    private TunDevice? _serverEnd;
    private TunDevice? _routerEnd;
    private DelayedWay? _there;
    private DelayedWay? _back;
    private Socket? _nudge;

    private ShapedLink(IReadOnlyList<NetworkSpace> spaces) => (_server, _router, _viewer) = (spaces[0], spaces[1], spaces[2]);

    /// <summary>What stands before a command that runs at the server's.</summary>
    public IReadOnlyList<string> OnServer => _server.Prefix;

    /// <summary>What stands before a command that runs at the viewer's.</summary>
    public IReadOnlyList<string> OnViewer => _viewer.Prefix;

    /// <summary>The viewer begins to connect.</summary>
    public Task FirstFromViewer => _back!.First;

    /// <summary>Makes a link without a limit.</summary>
    /// <param name="roundTrip">Time there and back without a queue.</param>
    /// <param name="congestion">The server's congestion control, as the kernel names it.</param>
    /// <exception cref="ShapedException">It cannot be made here; the message says what is missing.</exception>
    public static async Task<ShapedLink> CreateAsync(TimeSpan roundTrip, string congestion)
    {
        try
        {
            var link = new ShapedLink(await NetworkSpace.CreateAsync(3));
            try
            {
                await link.ConnectAsync(roundTrip, congestion);
                return link;
            }
            catch
            {
                await link.DisposeAsync();
                throw;
            }
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or IOException or UnauthorizedAccessException)
        {
            throw new ShapedException($"a link cannot be made here (it takes Linux, root or CAP_NET_ADMIN, ip, tc and /dev/net/tun): {e.Message.Trim()}", e);
        }
    }

    /// <summary>Sets what the bottleneck carries.</summary>
    /// <param name="step">Its rate.</param>
    /// <param name="limit">Bytes that may wait before it.</param>
    public async Task SetAsync(ShapingStep step, long limit)
    {
        await _router.TcAsync(string.Create(
            CultureInfo.InvariantCulture, $"qdisc replace dev cable root tbf rate {step.BitsPerSecond}bit burst {step.Burst} limit {limit}"));
        // The kernel looks at a queue when something comes or when it meant to at the old rate, which after an outage is never.
        _nudge!.SendTo([0], new IPEndPoint(IPAddress.Parse(ViewerAddress), Discard));
    }

    /// <summary>Lifts the limit; what waits goes through at once.</summary>
    public Task LiftAsync() => SetAsync(new ShapingStep(TimeSpan.Zero, Kbps: 1e6, BitsPerSecond: 1_000_000_000, Burst: 2_000_000), limit: 10_000_000);

    /// <summary>A socket of this process at the server's that listens.</summary>
    public Socket ListenOnServer(int port) => _server.Open(() =>
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Any, port));
        socket.Listen();
        return socket;
    });

    /// <summary>A socket of this process at the viewer's.</summary>
    public Socket OpenOnViewer() => _viewer.Open(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // Removed first: their readers wait for packets.
        await _server.TryIpAsync("link delete long");
        await _router.TryIpAsync("link delete long");
        _there?.Dispose();
        _back?.Dispose();
        _serverEnd?.Dispose();
        _routerEnd?.Dispose();
        _nudge?.Dispose();
        foreach (var space in new[] { _viewer, _router, _server })
        {
            await space.DisposeAsync();
        }
    }

    private async Task ConnectAsync(TimeSpan roundTrip, string congestion)
    {
        _serverEnd = TunDevice.Create(_server, "long");
        _routerEnd = TunDevice.Create(_router, "long");
        foreach (var (space, address) in new[] { (_server, ServerAddress), (_router, ServersRouter) })
        {
            await space.IpAsync($"address add {address}/24 dev long");
            await space.IpAsync("link set long up txqueuelen 10000");
        }

        (_there, _back) = (new DelayedWay(_serverEnd, _routerEnd, roundTrip / 2), new DelayedWay(_routerEnd, _serverEnd, roundTrip / 2));
        await _router.IpAsync($"link add cable address {RouterHardware} type veth peer name cable address {ViewerHardware} netns {_viewer.Name}");
        foreach (var (space, address, other, hardware) in new[]
            { (_router, ViewersRouter, ViewerAddress, ViewerHardware), (_viewer, ViewerAddress, ViewersRouter, RouterHardware) })
        {
            await space.IpAsync($"address add {address}/24 dev cable");
            await space.IpAsync("link set cable up");
            // Who had to ask for it in an outage would find nobody there.
            await space.IpAsync($"neighbour replace {other} lladdr {hardware} dev cable nud permanent");
        }

        await SystemTool.RunAsync("ip", [.. _router.Prefix.Skip(1), "sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward"]);
        await _server.IpAsync($"route add {ViewersNet} via {ServersRouter} congctl {congestion}");
        await _viewer.IpAsync($"route add default via {ViewersRouter}");
        _nudge = _router.Open(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        await LiftAsync();
    }
}

using System.Globalization;
using System.Net.Sockets;
using KnSock.Testing.Processes;

namespace KnSock.Testing.Network;

/// <summary>Two network namespaces with a cable between them, whose rate can be set: a real link with the kernel's own TCP on both sides.</summary>
public sealed class NetworkNamespace : IAsyncDisposable
{
    private const string Owner = "knsock-";
    private static readonly Lazy<Task<string?>> Obstacle = new(FindObstacleAsync);
    private static int _count;

    private readonly string _server;
    private readonly string _viewer;

    private NetworkNamespace()
    {
        var name = $"{Owner}{Environment.ProcessId}-{Interlocked.Increment(ref _count)}";
        (_server, _viewer) = ($"{name}-s", $"{name}-v");
    }

    /// <summary>Address of the server's side.</summary>
    public static string ServerAddress => "10.77.0.1";

    /// <summary>Address of the viewer's side.</summary>
    public static string ViewerAddress => "10.77.0.2";

    /// <summary>What stands before a command that runs on the server's side.</summary>
    public IReadOnlyList<string> OnServer => ["ip", "netns", "exec", _server];

    /// <summary>What stands before a command that runs on the viewer's side.</summary>
    public IReadOnlyList<string> OnViewer => ["ip", "netns", "exec", _viewer];

    /// <summary>Why no namespaces can be made here; null: they can.</summary>
    public static Task<string?> WhyNotAsync() => Obstacle.Value;

    /// <summary>Makes both namespaces and the cable, without a limit.</summary>
    public static async Task<NetworkNamespace> CreateAsync()
    {
        await SweepAsync();
        var made = new NetworkNamespace();
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
        ? TcAsync(
            _server,
            $"qdisc replace dev cable root tbf rate {rate:0}bit burst {Math.Max(4000, rate / 800):0} latency {(queue ?? TimeSpan.FromMilliseconds(100)).TotalMilliseconds:0}ms")
        : TryTcAsync(_server, "qdisc del dev cable root");

    /// <summary>A socket of this process on the server's side.</summary>
    public Socket OpenOnServer() => NamespaceSocket.Open(_server);

    /// <summary>A socket of this process on the viewer's side.</summary>
    public Socket OpenOnViewer() => NamespaceSocket.Open(_viewer);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var name in new[] { _server, _viewer })
        {
            await DeleteAsync(name);
        }
    }

    private static Task<string> IpAsync(string arguments) => Command.RunAsync("ip", arguments.Split(' '));

    private static Task<string> TcAsync(string name, string arguments) => Command.RunAsync("tc", ["-n", name, .. arguments.Split(' ')]);

    private static Task<CommandResult> TryTcAsync(string name, string arguments) => Command.TryRunAsync("tc", ["-n", name, .. arguments.Split(' ')]);

    private async Task ConnectAsync()
    {
        await IpAsync($"netns add {_server}");
        await IpAsync($"netns add {_viewer}");
        // Both ends are made inside, so nothing is ever to be seen of them outside.
        await IpAsync($"-n {_server} link add cable type veth peer name cable netns {_viewer}");
        foreach (var (name, address) in new[] { (_server, ServerAddress), (_viewer, ViewerAddress) })
        {
            await IpAsync($"-n {name} address add {address}/24 dev cable");
            await IpAsync($"-n {name} link set cable up");
            await IpAsync($"-n {name} link set lo up");
        }
    }

    private static async Task DeleteAsync(string name)
    {
        var inside = await Command.TryRunAsync("ip", ["netns", "pids", name]);
        foreach (var id in inside.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            await Command.TryRunAsync("sh", ["-c", $"kill -KILL {id}"]);
        }

        await Command.TryRunAsync("ip", ["netns", "delete", name]);
    }

    // Namespaces outlive the processes that made them; those of a run that was killed are found by the dead process in their names.
    private static async Task SweepAsync()
    {
        var all = await Command.RunAsync("ip", "netns", "list");
        foreach (var name in all.Split('\n').Select(line => line.Split(' ')[0]).Where(n => n.StartsWith(Owner, StringComparison.Ordinal)))
        {
            if (int.TryParse(name.Split('-')[1], NumberStyles.None, CultureInfo.InvariantCulture, out var owner) && !Directory.Exists($"/proc/{owner}"))
            {
                await DeleteAsync(name);
            }
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

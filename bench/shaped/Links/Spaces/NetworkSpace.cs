using System.Globalization;

namespace KnSock.Shaped.Links.Spaces;

/// <summary>A network namespace: devices, addresses and routes of its own. Whatever runs inside when it goes is ended.</summary>
internal sealed class NetworkSpace : IAsyncDisposable
{
    private const string Owner = "knsock-";
    private static int _count;

    private NetworkSpace(string name) => Name = name;

    /// <summary>Its name, which begins with what made it, so that it is found if that is killed.</summary>
    public string Name { get; }

    /// <summary>What stands before a command that runs inside.</summary>
    public IReadOnlyList<string> Prefix => ["ip", "netns", "exec", Name];

    /// <summary>Makes several, each with nothing but its loopback; all or none.</summary>
    /// <exception cref="InvalidOperationException">That is not allowed here.</exception>
    /// <exception cref="System.ComponentModel.Win32Exception">There is no <c>ip</c> here.</exception>
    public static async Task<IReadOnlyList<NetworkSpace>> CreateAsync(int number)
    {
        List<NetworkSpace> spaces = [];
        try
        {
            while (spaces.Count < number)
            {
                var space = new NetworkSpace($"{Owner}{Environment.ProcessId}-{Interlocked.Increment(ref _count)}");
                await SystemTool.RunAsync("ip", "netns", "add", space.Name);
                spaces.Add(space);
                await space.IpAsync("link set lo up");
            }

            return spaces;
        }
        catch
        {
            foreach (var space in spaces)
            {
                await space.DisposeAsync();
            }

            throw;
        }
    }

    /// <summary>Removes those whose makers were killed: namespaces outlive processes.</summary>
    public static async Task SweepAsync()
    {
        var all = await SystemTool.RunAsync("ip", "netns", "list");
        foreach (var name in all.Split('\n').Select(line => line.Split(' ')[0]).Where(n => n.StartsWith(Owner, StringComparison.Ordinal)))
        {
            if (int.TryParse(name.Split('-')[1], NumberStyles.None, CultureInfo.InvariantCulture, out var owner) && !Directory.Exists($"/proc/{owner}"))
            {
                await DeleteAsync(name);
            }
        }
    }

    /// <summary>Runs <c>ip</c> on it.</summary>
    /// <param name="arguments">What follows <c>ip -n NAME</c>, apart by single spaces.</param>
    public Task IpAsync(string arguments) => SystemTool.RunAsync("ip", ["-n", Name, .. arguments.Split(' ')]);

    /// <summary>The same where a failure is none, as with what is not there to be removed.</summary>
    public Task TryIpAsync(string arguments) => SystemTool.TryRunAsync("ip", ["-n", Name, .. arguments.Split(' ')]);

    /// <summary>Runs <c>tc</c> on it.</summary>
    /// <param name="arguments">What follows <c>tc -n NAME</c>, apart by single spaces.</param>
    public Task TcAsync(string arguments) => SystemTool.RunAsync("tc", ["-n", Name, .. arguments.Split(' ')]);

    /// <summary>The same where a failure is none, as with what is not there to be removed.</summary>
    public Task TryTcAsync(string arguments) => SystemTool.TryRunAsync("tc", ["-n", Name, .. arguments.Split(' ')]);

    /// <summary>Opens a socket or a device inside: it stays where it was opened, whoever uses it.</summary>
    public T Open<T>(Func<T> open) => InsideThread.Run(Name, open);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await DeleteAsync(Name);

    private static async Task DeleteAsync(string name)
    {
        var (_, inside, _) = await SystemTool.TryRunAsync("ip", "netns", "pids", name);
        foreach (var id in inside.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            await SystemTool.TryRunAsync("sh", "-c", $"kill -KILL {id}");
        }

        await SystemTool.TryRunAsync("ip", "netns", "delete", name);
    }
}

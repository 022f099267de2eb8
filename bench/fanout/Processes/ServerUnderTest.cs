using System.Globalization;
using System.Net;
using KnSock.Fanout.Interop;

namespace KnSock.Fanout.Processes;

/// <summary>The server as a process of its own, with everything encoded before.</summary>
internal sealed class ServerUnderTest : IAsyncDisposable
{
    private const string Height = "720";
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(60);

    private readonly Child _child;

    private ServerUnderTest(Child child, int port) => (_child, EndPoint) = (child, new IPEndPoint(IPAddress.Loopback, port));

    /// <summary>The port that viewers come to first: the one of the picture, or the web endpoint's.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>The process.</summary>
    public Child Process => _child;

    /// <summary>Fills a store in the folder and starts a server on free ports.</summary>
    /// <param name="options">What is measured.</param>
    /// <param name="folder">Where the store, the log and the videos' links go.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<ServerUnderTest> StartAsync(FanoutOptions options, WorkFolder folder, CancellationToken cancellationToken)
    {
        var video = options.VideoPath is { } named ? Path.GetFullPath(named) : await BenchVideo.MakeAsync(cancellationToken);
        if (!File.Exists(video))
        {
            throw new FanoutException($"{video} is not there");
        }

        // A video of one's own has the rungs that it has; the one that is made is its own only rung.
        string[] media = options.VideoPath is null ? ["--heights", Height, "--store", folder.File("store")] : ["--store", folder.File("store")];
        List<string> channels = [];
        for (var i = 0; i < options.Channels; i++)
        {
            channels.Add(folder.File(string.Create(CultureInfo.InvariantCulture, $"channel{i + 1:00}{Path.GetExtension(video)}")));
            File.CreateSymbolicLink(channels[^1], video);
        }

        await Child.RunAsync("the preparation", [.. options.KnSock, "prepare", channels[0], .. media], cancellationToken);
        // No web endpoint where nobody needs one: its default port may be another server's.
        var httpPort = options.Transport == FanoutTransport.WebSocket ? FreePort() : 0;
        string[] line =
        [
            .. options.KnSock, "serve", "0", .. channels, "--host", "127.0.0.1", .. media,
            "--encoding", "fill=none", "--max-sessions", (options.AllViewers + 100).ToString(CultureInfo.InvariantCulture), "--log-level", "warn", "--memory-log", folder.File("memory"),
            "--http-port", httpPort.ToString(CultureInfo.InvariantCulture), "--admin-token-file", folder.File("admin-token"),
        ];
        var child = Child.Start("the server", line, folder.File("server.log"));
        child.MemoryLog = folder.File("memory");
        try
        {
            var ready = await child.WaitForLineAsync("ready on ", ReadyWithin, cancellationToken);
            return new ServerUnderTest(child, httpPort > 0 ? httpPort : PortOf(ready));
        }
        catch
        {
            await child.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _child.DisposeAsync();

    /// <summary>One that was free a moment ago: the server is to be told which.</summary>
    private static int FreePort()
    {
        using var listener = NativeSocket.Listen(out var port);
        return port;
    }

    private static int PortOf(string ready)
    {
        var address = ready["ready on ".Length..ready.IndexOf(" (", StringComparison.Ordinal)];
        return IPEndPoint.TryParse(address, out var endPoint) ? endPoint.Port : throw new FanoutException($"the server's first line names no address: {ready}");
    }
}

using KnSock.Server.Tests.Encoding;

namespace KnSock.Server.Tests.Endpoints.Native;

/// <summary>A server on loopback with the real ffmpeg.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private RunningServer(LiveStreamServer server, ServerGauges gauges, string path) => (Server, Gauges, Path) = (server, gauges, path);

    public LiveStreamServer Server { get; }

    public ServerGauges Gauges { get; }

    public string Path { get; }

    /// <summary>ffmpeg processes that read this server's video.</summary>
    public int Children => ChildrenWith(Path);

    /// <summary>Processes with a path on their command line.</summary>
    public static int ChildrenWith(string path) => Directory.EnumerateDirectories("/proc").Count(p => IsChild(p, path));

    public static async Task<RunningServer> StartAsync(
        SmallVideos videos, Func<LiveStreamServerOptions, LiveStreamServerOptions>? change = null, string video = "plain.mp4")
    {
        // A copy of its own, by which its children are told from those of tests that run at the same time.
        var path = System.IO.Path.Combine(Directory.CreateTempSubdirectory("knsock-server-").FullName, video);
        File.Copy(await videos.PathOfAsync(video), path);
        var options = new LiveStreamServerOptions
        {
            VideoPaths = [path],
            Host = "127.0.0.1",
            VideoPort = 0,
            AudioPort = 0,
            ControlPort = 0,
            Encoding = new EncodingBudget { Grace = TimeSpan.FromMilliseconds(200), Fill = FillScope.None },
            Store = new StoreOptions { IsEnabled = false },
        };
        var gauges = new ServerGauges();
        var server = new LiveStreamServer(change?.Invoke(options) ?? options, loggerFactory: null, gauges);
        await server.StartAsync(CancellationToken.None);
        return new RunningServer(server, gauges, path);
    }

    /// <summary>Has another viewer played, to see that the server goes on.</summary>
    public async Task AssertServesAsync()
    {
        using var viewer = await TestViewer.ConnectAsync(Server);
        await viewer.PlayAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        Gauges.Dispose();
        Directory.Delete(System.IO.Path.GetDirectoryName(Path)!, recursive: true);
    }

    private static bool IsChild(string process, string path)
    {
        try
        {
            return File.ReadAllText(System.IO.Path.Combine(process, "cmdline")).Contains(path, StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}

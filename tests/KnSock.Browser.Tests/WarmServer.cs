using KnSock.Testing.Processes;
using KnSock.Testing.Videos;

namespace KnSock.Browser.Tests;

/// <summary>The server that most tests share. All rungs were encoded before it starts, in a store that is kept for the next run.</summary>
public sealed class WarmServer : IAsyncLifetime
{
    private WebServer? _server;

    internal WebServer Server => _server!;

    /// <summary>Every title and name is somebody's text, and this one means ill.</summary>
    internal static TestVideo HostileTitle { get; } = new("<img src=x onerror=hacked=1>.mp4", Title, async path =>
        await Command.RunAsync("ffmpeg", "-v", "error", "-nostdin", "-y", "-i", await TestVideos.H264Aac.GetPathAsync(), "-c", "copy", "-metadata", $"title={Title}", path));

    internal const string Title = "<img src=x onerror=\"window.hacked=1\"><script>hacked=1</script>";

    internal static IReadOnlyList<TestVideo> Videos { get; } = [TestVideos.FlashAndBeep, TestVideos.Mandelbrot, HostileTitle];

    internal static string Store { get; } = Path.Combine(TestVideo.Folder, "browser-store");

    public async ValueTask InitializeAsync()
    {
        var paths = await Task.WhenAll(Videos.Select(v => v.GetPathAsync()));
        await Command.RunAsync(Repository.KnSockPath, ["prepare", .. paths, "--store", Store]);
        _server = await WebServer.StartAsync(["--store", Store], Videos);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }
}

using System.Globalization;
using System.Text.Json;
using KnSock.Testing.Processes;
using KnSock.Testing.Videos;

namespace KnSock.EndToEnd.Tests;

/// <summary>A <c>knsock serve</c> that is ready, and commands that are its viewers.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(60);

    private TestServer(KnSockProcess process, int port) => (Process, Port) = (process, port);

    public KnSockProcess Process { get; }

    public int Port { get; }

    public string Address => $"127.0.0.1:{Port}";

    public static Task<TestServer> StartAsync(params IEnumerable<TestVideo> videos) => StartAsync(new KnSockProcessOptions(), [], videos);

    public static async Task<TestServer> StartAsync(KnSockProcessOptions process, IEnumerable<string> options, params IEnumerable<TestVideo> videos)
    {
        var paths = new List<string>();
        foreach (var video in videos)
        {
            paths.Add(await video.GetPathAsync());
        }

        var port = FreePorts.Find();
        // A store would let a test begin with what another has encoded; those that want one name it.
        string[] store = options.Any(o => o is "--store" or "--no-store") ? [] : ["--no-store"];
        // Many servers run at a time, and few tests are about the web.
        string[] web = options.Contains("--http-port", StringComparer.Ordinal) ? [] : ["--http-port", "0"];
        var server = new TestServer(KnSockProcess.Start(process, ["serve", $"{port}", .. paths, .. options, .. store, .. web]), port);
        try
        {
            await server.Process.WaitForReadyAsync(ReadyWithin);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a viewer without a window.</summary>
    public KnSockProcess StartPlay(double? seconds, params IEnumerable<string> options) => StartPlay(new KnSockProcessOptions(), Address, seconds, options);

    /// <summary>Starts a viewer elsewhere, at another address of the server.</summary>
    public static KnSockProcess StartPlay(KnSockProcessOptions process, string address, double? seconds, params IEnumerable<string> options)
    {
        string[] end = seconds is { } s ? ["--duration", s.ToString("0.###s", CultureInfo.InvariantCulture)] : [];
        return KnSockProcess.Start(process, ["play", address, "--headless", "--json", .. end, .. options]);
    }

    /// <summary>Plays for a while and gives the figures.</summary>
    public async Task<PlayFigures> PlayAsync(double seconds, params IEnumerable<string> options)
    {
        await using var play = StartPlay(seconds, options);
        return await FiguresOfAsync(play, seconds);
    }

    /// <summary>Waits for a viewer's end and gives its figures.</summary>
    public static async Task<PlayFigures> FiguresOfAsync(KnSockProcess play, double seconds)
    {
        await play.ExpectExitAsync(0, TimeSpan.FromSeconds(seconds + 30));
        return PlayFigures.From(play.LastJson);
    }

    /// <summary>The catalog as <c>knsock channels --json</c> prints it.</summary>
    public async Task<IReadOnlyList<JsonElement>> ChannelsAsync()
    {
        await using var channels = KnSockProcess.Start("channels", Address, "--json");
        await channels.ExpectExitAsync(0, TimeSpan.FromSeconds(15));
        return [.. channels.LastJson.EnumerateArray()];
    }

    public ValueTask DisposeAsync() => Process.DisposeAsync();
}

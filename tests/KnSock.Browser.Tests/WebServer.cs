using System.Globalization;
using System.Text.Json;
using KnSock.Testing.Processes;
using KnSock.Testing.Videos;

namespace KnSock.Browser.Tests;

/// <summary>A <c>knsock serve</c> with its web endpoint, on this machine's own address only.</summary>
internal sealed class WebServer : IAsyncDisposable
{
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(60);
    private static readonly HttpClient Http = new();
    private readonly IReadOnlyList<string> _arguments;
    private KnSockProcess _process;

    private WebServer(IReadOnlyList<string> arguments, int httpPort)
    {
        (_arguments, HttpPort) = (arguments, httpPort);
        _process = KnSockProcess.Start(arguments);
    }

    public int HttpPort { get; }

    /// <summary>Address of the gallery.</summary>
    public string Site => $"http://127.0.0.1:{HttpPort}/";

    public static async Task<WebServer> StartAsync(IEnumerable<string> options, params IEnumerable<TestVideo> videos)
    {
        var paths = await Task.WhenAll(videos.Select(v => v.GetPathAsync()));
        var (port, httpPort) = (FreePorts.Find(), FreePorts.Find());
        string[] arguments =
        [
            "serve", port.ToString(CultureInfo.InvariantCulture), .. paths, "--host", "127.0.0.1", "--http-port", httpPort.ToString(CultureInfo.InvariantCulture),
            .. options,
        ];
        var server = new WebServer(arguments, httpPort);
        try
        {
            await server._process.WaitForReadyAsync(ReadyWithin);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Kills it as a crash would, and starts it again on the same ports.</summary>
    public async Task KillAndStartAsync()
    {
        await _process.SignalAsync("KILL");
        await _process.DisposeAsync();
        _process = KnSockProcess.Start(_arguments);
        await _process.WaitForReadyAsync(ReadyWithin);
    }

    /// <summary>The sessions that the server has, as its API says.</summary>
    public async Task<IReadOnlyList<JsonElement>> SessionsAsync()
    {
        using var document = JsonDocument.Parse(await Http.GetStringAsync($"{Site}api/sessions"));
        return [.. document.RootElement.GetProperty("sessions").EnumerateArray().Select(s => s.Clone())];
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}

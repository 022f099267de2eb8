using System.Globalization;
using System.Text.Json;
using KnSock.Testing.Processes;

namespace KnSock.EndToEnd.Tests;

/// <summary>The independent server of kn-sock's own protocol, in Python (<c>tests/legacy</c>).</summary>
internal sealed class LegacyServer : IAsyncDisposable
{
    private LegacyServer(KnSockProcess process, int port) => (Process, Port) = (process, port);

    public KnSockProcess Process { get; }

    public int Port { get; }

    public string Address => $"127.0.0.1:{Port}";

    /// <summary>What it heard, a line each.</summary>
    public IReadOnlyList<JsonElement> Heard => [.. Process.Output.Where(l => l.StartsWith('{')).Select(l => JsonDocument.Parse(l).RootElement)];

    public IReadOnlyList<double> BufferLevels =>
        [.. Heard.Where(h => h.TryGetProperty("feedback", out _)).Select(h => h.GetProperty("feedback").GetProperty("buffer_level").GetDouble())];

    public IReadOnlyList<int> Choices => [.. Heard.Where(h => h.TryGetProperty("index", out _)).Select(h => h.GetProperty("index").GetInt32())];

    public static async Task<LegacyServer> StartAsync(params IEnumerable<string> options)
    {
        var port = FreePorts.Find();
        // Debian's, which has its packages; another one may stand before it in the path.
        const string Debian = "/usr/bin/python3";
        var python = new KnSockProcessOptions { Program = File.Exists(Debian) ? Debian : "python3" };
        var script = Path.Combine(Repository.Root, "tests", "legacy", "legacy_server.py");
        var server = new LegacyServer(KnSockProcess.Start(python, [script, port.ToString(CultureInfo.InvariantCulture), .. options]), port);
        try
        {
            await server.Process.WaitForReadyAsync(TimeSpan.FromSeconds(60));
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => Process.DisposeAsync();
}

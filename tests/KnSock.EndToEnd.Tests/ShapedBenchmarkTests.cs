using System.Text.Json;
using KnSock.Testing.Network;
using KnSock.Testing.Processes;

namespace KnSock.EndToEnd.Tests;

/// <summary><c>knsock bench shaped</c> measures what it says, where network namespaces are allowed.</summary>
public sealed class ShapedBenchmarkTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task A_viewer_behind_a_narrow_link_gets_what_fits_it()
    {
        if (await NetworkNamespace.WhyNotAsync() is { } obstacle)
        {
            Assert.Skip(obstacle);
        }

        using var cache = new TemporaryFolder();
        using var traces = new TemporaryFolder();
        await File.WriteAllLinesAsync(Path.Combine(traces.Path, "step_narrow.csv"), ["seconds,kbps", .. Enumerable.Range(0, 12).Select(s => $"{s},1200")]);
        var withCache = new KnSockProcessOptions { Environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["XDG_CACHE_HOME"] = cache.Path } };
        await using var bench = KnSockProcess.Start(
            withCache, "bench", "shaped", "--traces", traces.Path, "--seconds", "10", "--loop", "6", "--regime", "readahead", "--json");
        await bench.ExpectExitAsync(0, Patience);

        var run = Assert.Single(bench.LastJson.GetProperty("runs").EnumerateArray());
        Assert.Equal(("step_narrow", "readahead", 1200), (run.GetProperty("trace").GetString(), run.GetProperty("regime").GetString(), run.GetProperty("capacityKbps").GetDouble()));
        foreach (var name in new[] { "simulated", "knSock" })
        {
            var figures = run.GetProperty(name);
            Assert.InRange(figures.GetProperty("watchedSeconds").GetDouble(), 6, 10.5);
            Assert.InRange(figures.GetProperty("kbps").GetDouble(), 160, 1200);
            Assert.InRange(figures.GetProperty("stallRatio").GetDouble(), 0, 0.5);
        }

        Assert.Equal(JsonValueKind.Null, run.GetProperty("hlsJs").ValueKind);
    }

    [Fact]
    public async Task What_is_missing_is_said_in_a_line()
    {
        using var traces = new TemporaryFolder();
        await using var bench = KnSockProcess.Start("bench", "shaped", "--traces", traces.Path);
        await bench.ExpectExitAsync(1, TimeSpan.FromSeconds(20));
        Assert.Contains("there are no traces", Assert.Single(bench.Error), StringComparison.Ordinal);
    }
}

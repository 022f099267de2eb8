using System.Text.Json;
using KnSock.Testing.Processes;

namespace KnSock.EndToEnd.Tests;

/// <summary><c>knsock bench fanout</c> measures what it says.</summary>
public sealed class FanoutBenchmarkTests(FanoutBenchmarkTests.Cache cache) : IClassFixture<FanoutBenchmarkTests.Cache>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    [Fact]
    public async Task Twenty_viewers_get_the_whole_stream_and_the_figures_fit_together()
    {
        await using var bench = Start("bench", "fanout", "--viewers", "20", "--seconds", "2", "--probes", "3", "--slow", "1", "--stuck", "1", "--idle", "2", "--churn", "4", "--json");
        await bench.ExpectExitAsync(0, Patience);
        var report = bench.LastJson;
        Assert.Equal((20, 2.0, "tcp"), (report.GetProperty("viewers").GetInt32(), report.GetProperty("seconds").GetDouble(), report.GetProperty("transport").GetString()));
        Assert.Equal(JsonValueKind.Null, report.GetProperty("firstFault").ValueKind);
        Assert.Equal(20, report.GetProperty("renditions").GetProperty("720p").GetInt32());

        var server = report.GetProperty("server");
        var yardstick = report.GetProperty("yardstick");
        foreach (var side in (JsonElement[])[server, yardstick])
        {
            // Two seconds are few batches: one more or less is a lot.
            Assert.InRange(side.GetProperty("megabitsPerSecondPerViewer").GetDouble(), 1, 5);
            Assert.InRange(side.GetProperty("leastDelivered").GetDouble(), 0.1, 2.5);
            Assert.InRange(side.GetProperty("units").GetInt64(), 20 * 2 * 30, 20 * 2 * 150);
            Assert.True(side.GetProperty("cpuSecondsPerGigabit").GetDouble() >= 0);
        }

        Assert.True(server.GetProperty("cpuSecondsPerGigabit").GetDouble() > 0);
        Assert.InRange(yardstick.GetProperty("spreadP95Ms").GetDouble(), 200, 700);
        Assert.All(report.GetProperty("memoryKiB").EnumerateArray(), kib => Assert.True(kib.GetInt64() > 10_000));
        Assert.InRange(report.GetProperty("joinP50Ms").GetDouble(), 0.1, 5_000);
        Assert.True(report.GetProperty("joinP95Ms").GetDouble() >= report.GetProperty("joinP50Ms").GetDouble());
        // Viewers that wait, wait: a slow one that asks for each byte takes a core.
        Assert.InRange(report.GetProperty("loadCores").GetDouble(), 0, 0.25);
        Assert.Equal(1, report.GetProperty("slow").GetProperty("served").GetInt32());
        Assert.Equal(1, report.GetProperty("stuck").GetProperty("served").GetInt32());
        Assert.Equal(2, report.GetProperty("idle").GetProperty("served").GetInt32());
        Assert.True(report.GetProperty("churn").GetProperty("served").GetInt32() > 4);
        Assert.Single(report.GetProperty("rounds").EnumerateArray());
    }

    [Theory]
    [InlineData("live")]
    [InlineData("readahead")]
    public async Task Three_viewers_on_WebSockets_get_the_whole_stream(string edge)
    {
        await using var bench = Start(
            "bench", "fanout", "--transport", "websocket", "--edge", edge, "--viewers", "3", "--seconds", "2", "--probes", "2", "--slow", "1", "--idle", "1", "--churn", "2", "--json");
        await bench.ExpectExitAsync(0, Patience);
        var report = bench.LastJson;
        Assert.Equal(("websocket", edge), (report.GetProperty("transport").GetString(), report.GetProperty("edge").GetString()));
        Assert.Equal(JsonValueKind.Null, report.GetProperty("firstFault").ValueKind);
        Assert.Equal(3, report.GetProperty("renditions").GetProperty("720p").GetInt32());
        Assert.Equal(edge == "live" ? 0 : 8, report.GetProperty("grantedSeconds").GetDouble());
        Assert.InRange(report.GetProperty("server").GetProperty("megabitsPerSecondPerViewer").GetDouble(), 1, 5);
        Assert.InRange(report.GetProperty("server").GetProperty("units").GetInt64(), 3 * 2 * 30, 3 * 2 * 150);
        Assert.True(report.GetProperty("server").GetProperty("cpuSecondsPerGigabit").GetDouble() > 0);
        Assert.InRange(report.GetProperty("joinP50Ms").GetDouble(), 0.1, 5_000);
        Assert.Equal(1, report.GetProperty("slow").GetProperty("served").GetInt32());
        Assert.Equal(1, report.GetProperty("idle").GetProperty("served").GetInt32());
        Assert.True(report.GetProperty("churn").GetProperty("served").GetInt32() > 2);
    }

    [Fact]
    public async Task An_interrupted_one_leaves_nothing_behind()
    {
        await using var bench = Start("bench", "fanout", "--viewers", "5", "--seconds", "60", "--no-yardstick");
        var deadline = DateTime.UtcNow + Patience;
        while (!bench.Error.Any(l => l.Contains("5 viewers", StringComparison.Ordinal)))
        {
            Assert.True(DateTime.UtcNow < deadline, "it did not get to measure");
            await Task.Delay(50);
        }

        await bench.SignalAsync("INT");
        await bench.ExpectExitAsync(0, TimeSpan.FromSeconds(10));
        Assert.Empty(bench.Output);
    }

    [Fact]
    public async Task What_it_lacks_is_said_in_one_line()
    {
        await using var bench = Start("bench", "fanout", "--viewers", "5", "--video", System.IO.Path.Combine(cache.Path, "none.mp4"));
        await bench.ExpectExitAsync(1, Patience);
        var line = Assert.Single(bench.Error, l => l.StartsWith("knsock: ", StringComparison.Ordinal));
        Assert.Contains("none.mp4 is not there", line, StringComparison.Ordinal);
        Assert.Empty(bench.Output);
    }

    private KnSockProcess Start(params string[] line) => KnSockProcess.Start(
        new KnSockProcessOptions { Environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["XDG_CACHE_HOME"] = cache.Path } }, line);

    /// <summary>Where the video is kept that the first of them makes.</summary>
    public sealed class Cache : IDisposable
    {
        private readonly TemporaryFolder _folder = new();

        internal string Path => _folder.Path;

        /// <inheritdoc/>
        public void Dispose() => _folder.Dispose();
    }
}

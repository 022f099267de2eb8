using KnSock.Testing.Processes;

namespace KnSock.Browser.Tests;

/// <summary>HLS by hls.js in a real browser, with low latency, as the player page plays it where nothing else can be had.</summary>
public sealed class HlsJsTests(Chromium chromium, WarmServer warm)
{
    // Measured: 1.4 to 1.7 s. A busy machine has it wait, and it catches up only slowly.
    private const double MostLatency = 4;

    [Fact]
    public async Task It_keeps_near_the_live_edge_and_changes_rungs_without_an_error()
    {
        // The script is no file of the site.
        await using var visit = await chromium.VisitAsync(warm.Server.Site, new() { BypassCSP = true });
        await visit.Page.GotoAsync($"{visit.Site}healthz");
        await visit.Page.AddScriptTagAsync(new() { Path = Path.Combine(Repository.Root, "web", "node_modules", "hls.js", "dist", "hls.min.js") });
        await visit.GetAsync<object>($"({Visit.Probe("hls-js.js")})('{visit.Site}hls/1/index.m3u8')");
        await visit.UntilAsync("hlsProbe.video.currentTime > 0 && !hlsProbe.video.paused && hlsProbe.hls.latency > 0", 30);

        foreach (var lines in (string[])["0", "Math.max(...hlsProbe.heights)", "0"])
        {
            await visit.GetAsync<object>($"hlsProbe.choose({lines}), null");
            var height = await visit.GetAsync<int>($"{lines} || Math.min(...hlsProbe.heights)");
            var took = await visit.UntilAsync($"hlsProbe.video.videoHeight === {height}", 30);
            Visit.Say($"{height} lines after {took:0.0} s");
        }

        var at = await visit.GetAsync<int>("Math.ceil(hlsProbe.video.currentTime)");
        await visit.UntilAsync($"hlsProbe.video.currentTime > {at} + 2", 20);
        var latency = await visit.UntilAsync($"hlsProbe.hls.latency <= {MostLatency}", 20);
        Visit.Say($"{await visit.GetAsync<double>("hlsProbe.hls.latency"):0.00} s behind the live edge after {latency:0.0} s, {await visit.GetAsync<int>("hlsProbe.stalls")} stalls");
        Assert.Empty(await visit.GetAsync<string[]>("hlsProbe.faults"));
        Assert.Empty(visit.Faults);
    }
}

using KnSock.Testing.Network;

namespace KnSock.Browser.Tests;

/// <summary>A link that gets slow: everything between browser and server goes through a proxy of 1 Mbit/s, which holds for WebSockets in any browser.</summary>
public sealed class SlowLinkTests(Chromium chromium, WarmServer warm)
{
    [Fact]
    public async Task On_a_link_that_gets_slow_the_picture_gets_smaller_and_stalls_once_at_most()
    {
        await using var proxy = new ShapingProxy([warm.Server.HttpPort]);
        await using var visit = await chromium.VisitAsync($"http://{ShapingProxy.Address}:{warm.Server.HttpPort}/");
        await visit.WatchAsync("mandelbrot.mp4");
        await visit.UntilAsync("probe.video.videoHeight > 360", 20);
        await Task.Delay(2_000);
        var before = await visit.GetAsync<int>("probe.statistics.stalls");
        var height = await visit.GetAsync<int>("probe.video.videoHeight");

        proxy.SetRate(1_000_000);
        await Task.Delay(TimeSpan.FromSeconds(15));
        var stalls = await visit.GetAsync<int>("probe.statistics.stalls") - before;
        var after = await visit.GetAsync<int>("probe.video.videoHeight");

        Visit.Say($"from {height} to {after} lines, {stalls} stalls, {await visit.GetAsync<int>("probe.statistics.stallMs")} ms");
        Assert.InRange(after, 1, height - 1);
        Assert.InRange(stalls, 0, 1);
        var shown = await visit.GetAsync<int>("probe.pictures");
        await visit.UntilAsync($"probe.pictures > {shown + 10}", 15);
    }
}

using KnSock.Testing.Network;
using Microsoft.Playwright;

namespace KnSock.Browser.Tests;

/// <summary>A link that gets slow: everything between browser and server goes through a proxy of 1 Mbit/s, which holds for WebSockets in any browser.</summary>
public sealed class SlowLinkTests(Chromium chromium, WarmServer warm)
{
    // A machine with far too much to do decodes too late, and has a picture stand although its media is there.
    private const int MostTries = 3;

    // No rung above 480 lines is of use in it, so what can be decoded here is not what decides.
    private static readonly ViewportSize Window = new() { Width = 800, Height = 600 };

    [Fact]
    public async Task On_a_link_that_gets_slow_the_picture_gets_smaller_and_stalls_once_at_most()
    {
        var stalls = await SlowDownAsync();
        for (var i = 1; i < MostTries && stalls > 1; i++)
        {
            stalls = await SlowDownAsync();
        }

        Assert.InRange(stalls, 0, 1);
    }

    /// <summary>How often playout stalled after the link had got slow.</summary>
    private async Task<int> SlowDownAsync()
    {
        await using var proxy = new ShapingProxy([warm.Server.HttpPort]);
        await using var visit = await chromium.VisitAsync($"http://{ShapingProxy.Address}:{warm.Server.HttpPort}/", new() { ViewportSize = Window });
        await visit.WatchAsync("mandelbrot.mp4");
        await visit.UntilAsync("probe.video.videoHeight > 360", 20);
        await Task.Delay(2_000);
        var before = await visit.GetAsync<int>("probe.statistics.stalls");
        var height = await visit.GetAsync<int>("probe.video.videoHeight");

        proxy.SetRate(1_000_000);
        // What lies ready is used up first: 480 lines need not much more than the link carries.
        await visit.UntilAsync($"probe.video.videoHeight < {height}", 45);
        await Task.Delay(TimeSpan.FromSeconds(5));
        var stalls = await visit.GetAsync<int>("probe.statistics.stalls") - before;

        Visit.Say($"from {height} to {await visit.GetAsync<int>("probe.video.videoHeight")} lines, {stalls} stalls, {await visit.GetAsync<int>("probe.statistics.stallMs")} ms");
        Visit.Say($"{await visit.GetAsync<string>("probe.statistics.notices.map(n => `${n.name}: ${n.reason}`).join('; ')")}");
        var shown = await visit.GetAsync<int>("probe.pictures");
        await visit.UntilAsync($"probe.pictures > {shown + 10}", 15);
        return stalls;
    }
}

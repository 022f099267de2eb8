using Microsoft.Playwright;

namespace KnSock.Browser.Tests;

/// <summary>A tab that nobody looks at, and one whose timers stop, as those of a laptop that sleeps.</summary>
public sealed class BackgroundTests(Chromium chromium, WarmServer warm)
{
    [Fact]
    public async Task A_tab_comes_back_to_the_live_edge_from_the_background_and_from_sleep()
    {
        await using var visit = await chromium.VisitAsync(warm.Server.Site);
        await visit.WatchAsync("mandelbrot.mp4");

        await SetHiddenAsync(visit, true);
        var session = await visit.Page.Context.NewCDPSessionAsync(visit.Page);
        await SetLifecycleAsync(session, "frozen");
        await Task.Delay(8_000);
        await SetLifecycleAsync(session, "active");
        await SetHiddenAsync(visit, false);

        var shown = await visit.GetAsync<int>("probe.pictures");
        var took = await visit.UntilAsync(
            $"probe.pictures > {shown + 15} && probe.element.player.isLive && probe.statistics.state === 'playing' && probe.statistics.latency < 2.5", 20);
        Visit.Say($"at the live edge {took:0.0} s after coming back, {await visit.GetAsync<double>("probe.statistics.latency"):0.00} s behind it");
        Assert.Equal("", await visit.GetAsync<string>("probe.notice"));
        Assert.Empty(visit.Faults);
    }

    private static async Task SetLifecycleAsync(ICDPSession session, string state) =>
        await session.SendAsync("Page.setWebLifecycleState", new Dictionary<string, object>(StringComparer.Ordinal) { ["state"] = state });

    private static async Task SetHiddenAsync(Visit visit, bool isHidden) => await visit.Page.EvaluateAsync(
        "(hidden) => { Object.defineProperty(document, 'hidden', { get: () => hidden, configurable: true }); "
        + "Object.defineProperty(document, 'visibilityState', { get: () => (hidden ? 'hidden' : 'visible'), configurable: true }); "
        + "document.dispatchEvent(new Event('visibilitychange')); }",
        isHidden);
}

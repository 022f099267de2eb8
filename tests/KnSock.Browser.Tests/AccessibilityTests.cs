using KnSock.Testing.Processes;
using Microsoft.Playwright;

namespace KnSock.Browser.Tests;

/// <summary>What axe finds, on the pages as they are used, in dark and in light.</summary>
public sealed class AccessibilityTests(Chromium chromium, WarmServer warm)
{
    private const string Serious =
        "async () => (await axe.run(document, { resultTypes: ['violations'] })).violations.filter((one) => one.impact === 'serious' || one.impact === 'critical')"
        + ".map((one) => `${one.id} (${one.impact}): ${one.help}: ${one.nodes.map((node) => `${node.target.flat().join(' ')} ${node.failureSummary}`).join('; ')}`)";

    [Theory]
    [InlineData(ColorScheme.Dark)]
    [InlineData(ColorScheme.Light)]
    public async Task Gallery_and_player_have_no_serious_fault(ColorScheme scheme)
    {
        await using var visit = await chromium.VisitAsync(warm.Server.Site, new() { BypassCSP = true, ColorScheme = scheme });
        await visit.Page.GotoAsync(visit.Site);
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Flash and beep" }).WaitForAsync();
        await AssertGoodAsync(visit.Page);

        await visit.WatchAsync("flash-and-beep.mp4");
        await AssertGoodAsync(visit.Page);
        await visit.Page.Locator("media-chrome-button.details").ClickAsync();
        await visit.Page.Locator(".statistics canvas").First.WaitForAsync(new() { Timeout = 10_000 });
        await visit.Page.Locator("#quality-button").ClickAsync();
        await AssertGoodAsync(visit.Page);
    }

    private static async Task AssertGoodAsync(IPage page)
    {
        await page.AddScriptTagAsync(new() { Path = Path.Combine(Repository.Root, "web", "node_modules", "axe-core", "axe.min.js") });
        var found = await page.EvaluateAsync<string[]>(Serious);
        Assert.True(found.Length == 0, string.Join('\n', found));
    }
}

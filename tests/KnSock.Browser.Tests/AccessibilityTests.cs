using Microsoft.Playwright;

namespace KnSock.Browser.Tests;

/// <summary>What axe finds, on the pages as they are used, in dark and in light.</summary>
public sealed class AccessibilityTests(Chromium chromium, WarmServer warm)
{
    [Theory]
    [InlineData(ColorScheme.Dark)]
    [InlineData(ColorScheme.Light)]
    public async Task Gallery_and_player_have_no_serious_fault(ColorScheme scheme)
    {
        await using var visit = await chromium.VisitAsync(warm.Server.Site, new() { BypassCSP = true, ColorScheme = scheme });
        await visit.Page.GotoAsync(visit.Site);
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Flash and beep" }).WaitForAsync();
        await Axe.AssertGoodAsync(visit.Page);

        await visit.WatchAsync("flash-and-beep.mp4");
        await Axe.AssertGoodAsync(visit.Page);
        await visit.Page.Locator("media-chrome-button.details").ClickAsync();
        await visit.Page.Locator(".statistics canvas").First.WaitForAsync(new() { Timeout = 10_000 });
        await visit.Page.Locator("#quality-button").ClickAsync();
        await Axe.AssertGoodAsync(visit.Page);
    }
}

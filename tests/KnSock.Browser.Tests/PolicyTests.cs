using Microsoft.Playwright;

namespace KnSock.Browser.Tests;

/// <summary>What a page may do, and what others may do to it.</summary>
public sealed class PolicyTests(Chromium chromium, WarmServer warm)
{
    private const string DeepImages =
        "(function find(root) { return [...root.querySelectorAll('*')].flatMap((one) => [...(one.matches('img[src=x], h1 script, h2 script') ? [one] : []), ...(one.shadowRoot ? find(one.shadowRoot) : [])]); })(document).length";

    [Fact]
    public async Task A_title_with_markup_in_it_is_text_in_gallery_and_player()
    {
        await using var visit = await chromium.VisitAsync(warm.Server.Site);
        await visit.Page.GotoAsync(visit.Site);
        var card = visit.Page.GetByRole(AriaRole.Link).Filter(new() { HasText = WarmServer.Title });
        await card.WaitForAsync(new() { Timeout = 10_000 });
        await AssertHarmlessAsync(visit);

        await card.ClickAsync();
        await visit.UntilAsync("probe.movedAt !== null", 20);
        await visit.Page.GetByRole(AriaRole.Heading, new() { Name = WarmServer.Title }).WaitForAsync(new() { Timeout = 5_000 });
        await visit.Page.Keyboard.PressAsync("i");
        Assert.StartsWith(WarmServer.Title, await visit.Page.TitleAsync(), StringComparison.Ordinal);
        await AssertHarmlessAsync(visit);
    }

    [Fact]
    public async Task Normal_use_asks_no_other_host_and_breaks_no_rule()
    {
        await using var visit = await chromium.VisitAsync(warm.Server.Site);
        await visit.Page.GotoAsync(visit.Site);
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Flash and beep" }).ClickAsync();
        await visit.UntilAsync("probe.movedAt !== null", 20);
        await visit.Page.Locator("media-chrome-button.details").ClickAsync();
        // Drawn by code that is loaded only now.
        await visit.Page.Locator(".statistics canvas").First.WaitForAsync(new() { Timeout = 10_000 });
        await visit.Page.Locator("#quality-button").ClickAsync();

        Assert.Contains(visit.Requests, r => r.StartsWith("ws://", StringComparison.Ordinal));
        Assert.All(visit.Requests.Where(r => !r.StartsWith("data:", StringComparison.Ordinal) && !r.StartsWith("blob:", StringComparison.Ordinal)), r =>
            Assert.Equal($"127.0.0.1:{warm.Server.HttpPort}", new Uri(r).Authority));
        Assert.Empty(visit.Faults);
        // What says that a rule was broken would have been seen.
        await visit.GetAsync<object>("document.body.append(Object.assign(document.createElement('img'), { src: 'http://192.0.2.1/' })), null");
        await visit.Page.WaitForTimeoutAsync(300);
        Assert.NotEmpty(visit.Faults);
    }

    private static async Task AssertHarmlessAsync(Visit visit)
    {
        Assert.Equal(0, await visit.GetAsync<int>(DeepImages));
        Assert.Equal("undefined", await visit.GetAsync<string>("typeof window.hacked"));
        Assert.Empty(visit.Faults);
    }
}

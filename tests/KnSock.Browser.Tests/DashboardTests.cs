using Microsoft.Playwright;

namespace KnSock.Browser.Tests;

/// <summary>The dashboard with thirty viewers: whoever runs the server sees, sorts, looks into, ends and exports them.</summary>
public sealed class DashboardTests(Chromium chromium, WarmServer warm)
{
    private const int Viewers = 30;

    [Fact]
    public async Task Thirty_viewers_are_seen_sorted_looked_into_exported_and_sent_away()
    {
        await using var viewers = await QuietViewers.JoinAsync(warm.Server.Site, Viewers, channels: 2);
        await using var visit = await chromium.VisitAsync(warm.Server.Site, new() { BypassCSP = true, ViewportSize = new() { Width = 1280, Height = 900 } });
        var page = visit.Page;
        await page.GotoAsync($"{visit.Site}dashboard");
        await visit.UntilAsync($"document.querySelector('#count').textContent === '{Viewers}' && document.querySelectorAll('tbody .opener').length > 5", 20);
        // All have said how they stand.
        await visit.UntilAsync($"{Column("Buffer / target")}.every((text) => text !== '–')", 20);
        await Axe.AssertGoodAsync(page);

        // Who came last is what somebody looks for who has just joined.
        await page.Locator("th[aria-sort='ascending']", new() { HasText = "Joined" }).WaitForAsync(new() { Timeout = 10_000 });

        // Of figures the largest come first.
        await SortAsync(page, "Buffer / target", "descending");
        await visit.UntilAsync($"((all) => all.every((text, at) => at === 0 || parseFloat(all[at - 1]) >= parseFloat(text)))({Column("Buffer / target")})", 10);
        await SortAsync(page, "Buffer / target", "ascending");
        await visit.UntilAsync($"{Column("Buffer / target")}[0].startsWith('0.5')", 10);
        await visit.UntilAsync($"((all) => all.every((text, at) => at === 0 || parseFloat(all[at - 1]) <= parseFloat(text)))({Column("Buffer / target")})", 10);

        await page.GetByRole(AriaRole.Searchbox, new() { Name = "Filter" }).FillAsync("quiet-viewer-07");
        await visit.UntilAsync($"document.querySelector('#count').textContent === '1 of {Viewers}'", 10);
        await page.Locator("tbody .opener").ClickAsync();
        await page.Locator("#viewer #decisions li").First.WaitForAsync(new() { Timeout = 10_000 });
        await page.Locator("#viewer canvas").First.WaitForAsync(new() { Timeout = 10_000 });
        // Beside the panel the row is still to be seen.
        Assert.True(await visit.GetAsync<bool>("((row) => row.top >= 0 && row.bottom <= innerHeight)(document.querySelector('tr.opened').getBoundingClientRect())"));
        Assert.Contains("quiet-viewer-07", await page.Locator("#viewer-facts").InnerTextAsync(), StringComparison.Ordinal);
        await Axe.AssertGoodAsync(page);

        var file = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Button, new() { Name = "Save all as CSV" }).ClickAsync());
        var lines = await File.ReadAllLinesAsync(await file.PathAsync());
        Assert.Equal(Viewers + 1, lines.Length);
        Assert.StartsWith("id,address,transport,client,channel", lines[0], StringComparison.Ordinal);
        Assert.Single(lines, l => l.Contains(",websocket,quiet-viewer-07,", StringComparison.Ordinal));

        await page.Locator("#viewer-end").ClickAsync();
        await page.Locator("#confirm-yes").ClickAsync();
        await visit.UntilAsync($"document.querySelector('#count').textContent === '0 of {Viewers - 1}'", 10);
        await page.Locator("#viewer-close").ClickAsync();
        Assert.Empty(visit.Faults);
    }

    private static async Task SortAsync(IPage page, string column, string order)
    {
        await page.Locator("button.sorter", new() { HasText = column }).ClickAsync(new() { Timeout = 10_000 });
        await page.Locator($"th[aria-sort='{order}']").WaitForAsync(new() { Timeout = 10_000 });
    }

    /// <summary>A script for the texts of a column, of the rows that are in the page.</summary>
    private static string Column(string title) =>
        "((at) => [...document.querySelectorAll('table.viewers tbody tr:not(.spacer)')].map((row) => row.children[at].textContent))"
        + $"([...document.querySelectorAll('table.viewers th')].findIndex((head) => head.textContent === '{title}'))";
}

using KnSock.Testing.Videos;
using Microsoft.Playwright;

namespace KnSock.Browser.Tests;

/// <summary>
/// The pages on a desktop and on a phone: nothing is wider than the window. With <c>KNSOCK_SCREENSHOTS=FOLDER</c> they are also taken down as the README shows them (<c>docs/images</c>), after enough time for
/// plots to have something in them; those pictures have to be looked at.
/// </summary>
public sealed class LayoutTests(Chromium chromium)
{
    private static readonly string? Folder = Environment.GetEnvironmentVariable("KNSOCK_SCREENSHOTS");

    [Theory]
    [InlineData(1280, 800, "")]
    [InlineData(390, 844, "-phone")]
    public async Task Nothing_is_wider_than_the_window(int width, int height, string suffix)
    {
        await using var server = await WebServer.StartAsync(["--store", WarmServer.Store], TestVideos.FlashAndBeep, TestVideos.Mandelbrot);
        await using var viewers = await QuietViewers.JoinAsync(server.Site, 30, channels: 2);
        await using var visit = await chromium.VisitAsync(
            server.Site, new() { ViewportSize = new() { Width = width, Height = height }, HasTouch = suffix.Length > 0, IsMobile = suffix.Length > 0 });
        var page = visit.Page;

        await page.GotoAsync(visit.Site);
        await visit.UntilAsync("((all) => all.length === 2 && all.every((image) => image.complete && image.naturalWidth > 0))([...document.querySelectorAll('.card img')])", 30);
        await LookAsync(visit, width, $"web-gallery{suffix}", seconds: 0);

        await visit.WatchAsync("mandelbrot.mp4");
        await visit.GetAsync<object>("probe.element.toggleStatistics(), null");
        await LookAsync(visit, width, $"web-player{suffix}", seconds: 15);

        await page.GotoAsync($"{visit.Site}dashboard");
        await page.Locator("tbody .opener").Nth(3).WaitForAsync();
        await LookAsync(visit, width, $"web-dashboard{suffix}", seconds: 20);
        await page.Locator("tbody .opener").Nth(2).ClickAsync();
        await page.Locator("#viewer #decisions li").First.WaitForAsync();
        await LookAsync(visit, width, $"web-dashboard-viewer{suffix}", seconds: 20);
    }

    private static async Task LookAsync(Visit visit, int width, string name, double seconds)
    {
        var most = await visit.GetAsync<int>("document.scrollingElement.scrollWidth");
        Assert.True(most <= width, $"{name} is {most} pixels wide in a window of {width}");
        if (Folder is not null)
        {
            await Task.Delay(TimeSpan.FromSeconds(seconds));
            await visit.Page.ScreenshotAsync(new() { Path = Path.Combine(Folder, $"{name}.png") });
        }
    }
}

using KnSock.Testing.Processes;
using KnSock.Testing.Videos;
using Microsoft.Playwright;

namespace KnSock.Browser.Tests;

/// <summary>
/// The pages on a desktop and on a phone: nothing is wider than the window. With <c>KNSOCK_SCREENSHOTS=FOLDER</c> they are also taken down as the README shows them (<c>docs/images</c>), with more channels and after
/// enough time for plots to have something in them; those pictures have to be looked at.
/// </summary>
public sealed class LayoutTests(Chromium chromium)
{
    private static readonly string? Folder = Environment.GetEnvironmentVariable("KNSOCK_SCREENSHOTS");

    private static IReadOnlyList<TestVideo> Videos { get; } = Folder is null
        ? [TestVideos.FlashAndBeep, TestVideos.Mandelbrot]
        :
        [
            TestVideos.Mandelbrot, Moving("life.mp4", "Game of life", Life), Moving("dawn.mp4", "Dawn", "gradients=s=1280x720:r=30:n=3:speed=0.02:seed=3:c0=0x0b1d3a:c1=0x4f7bd9:c2=0xf2b6c6"),
            TestVideos.FlashAndBeep, Moving("dusk.mp4", "Dusk", "gradients=s=1280x720:r=30:n=4:speed=0.02:type=spiral:seed=8:c0=0x10243f:c1=0x1f8a8a:c2=0xffd194:c3=0x5a2a6b"),
            Moving("test-card.mp4", "Test card", "testsrc2=s=1280x720:r=30"),
        ];

    private const string Life = "life=s=320x180:r=30:mold=12:ratio=0.12:seed=7:death_color=0x3a1c71:life_color=0xffd194:mold_color=0x0f2027,scale=1280:720:flags=neighbor";

    [Theory]
    [InlineData(1280, 800, "")]
    [InlineData(390, 844, "-phone")]
    public async Task Nothing_is_wider_than_the_window_and_statistics_hide_no_small_picture(int width, int height, string suffix)
    {
        await using var server = await WebServer.StartAsync(["--store", WarmServer.Store], Videos);
        await using var viewers = await QuietViewers.JoinAsync(server.Site, 30, Videos.Count);
        await using var visit = await chromium.VisitAsync(
            server.Site,
            new() { ViewportSize = new() { Width = width, Height = height }, HasTouch = suffix.Length > 0, IsMobile = suffix.Length > 0, ColorScheme = ColorScheme.Dark });
        var page = visit.Page;

        await page.GotoAsync(visit.Site);
        await visit.UntilAsync(
            $"((all) => all.length === {Videos.Count} && all.every((image) => image.complete && image.naturalWidth > 0))([...document.querySelectorAll('.card img')].map((image) => {{ image.loading = 'eager'; return image; }}))", 30);
        await LookAsync(visit, width, $"web-gallery{suffix}", seconds: 0);

        await visit.WatchAsync("mandelbrot.mp4");
        await ShowStatisticsAsync(page);
        await LookAsync(visit, width, $"web-player{suffix}", seconds: 25);
        const string Below = "((root) => root.querySelector('.statistics').getBoundingClientRect().top >= root.querySelector('video').getBoundingClientRect().bottom)(probe.element.shadowRoot)";
        Assert.Equal(suffix.Length > 0, await visit.GetAsync<bool>(Below));

        await page.GotoAsync($"{visit.Site}dashboard");
        await page.Locator("tbody .opener").Nth(3).WaitForAsync();
        await LookAsync(visit, width, $"web-dashboard{suffix}", seconds: 30);
        await page.Locator("tbody .opener").Nth(2).ClickAsync();
        await page.Locator("#viewer #decisions li").First.WaitForAsync();
        await LookAsync(visit, width, $"web-dashboard-viewer{suffix}", seconds: 30);
    }

    /// <summary>By their button, which there is on a phone, too.</summary>
    private static async Task ShowStatisticsAsync(IPage page)
    {
        // Controls hide while nobody moves anything.
        await page.Mouse.MoveAsync(200, 150);
        await page.Mouse.MoveAsync(210, 160);
        await page.Locator("media-chrome-button.details").ClickAsync(new() { Timeout = 10_000 });
        await page.Locator(".statistics canvas").Last.WaitForAsync(new() { Timeout = 10_000 });
    }

    private static async Task LookAsync(Visit visit, int width, string name, double seconds)
    {
        var most = await visit.GetAsync<int>("document.scrollingElement.scrollWidth");
        Assert.True(most <= width, $"{name} is {most} pixels wide in a window of {width}");
        if (Folder is null)
        {
            return;
        }

        await Task.Delay(TimeSpan.FromSeconds(seconds));
        var picture = Path.Combine(Folder, name);
        await visit.Page.ScreenshotAsync(new() { Path = $"{picture}.png" });
        await Command.RunAsync("ffmpeg", "-v", "error", "-nostdin", "-y", "-i", $"{picture}.png", "-c:v", "libwebp", "-quality", "82", $"{picture}.webp");
        File.Delete($"{picture}.png");
    }

    private static TestVideo Moving(string name, string title, string picture) => new(name, $"{title} {picture}", path => Command.RunAsync(
        "ffmpeg", "-v", "error", "-nostdin", "-y", "-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", "sine=frequency=220:sample_rate=48000", "-t", "15",
        "-c:v", "libx264", "-preset", "superfast", "-pix_fmt", "yuv420p", "-g", "60", "-c:a", "aac", "-metadata", $"title={title}", path));
}

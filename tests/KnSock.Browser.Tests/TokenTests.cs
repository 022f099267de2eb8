using KnSock.Testing.Processes;
using KnSock.Testing.Videos;
using Microsoft.Playwright;

namespace KnSock.Browser.Tests;

/// <summary>The pages of a server that asks for viewer tokens.</summary>
public sealed class TokenTests(Chromium chromium, WarmServer warm) : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("knsock-token-");

    private string Key => Path.Combine(_folder.FullName, "key");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_page_asks_for_the_token_and_plays_with_it_and_no_address_and_no_script_has_it()
    {
        // Its store has all that is watched here.
        Assert.NotEqual(0, warm.Server.HttpPort);
        await Command.RunAsync(Repository.KnSockPath, ["token", "--new-key", Key]);
        var token = await TokenAsync("flash-and-beep.mp4");
        await using var server = await WebServer.StartAsync(["--store", WarmServer.Store, "--viewer-key", Key], TestVideos.FlashAndBeep, TestVideos.Mandelbrot);
        await using var visit = await chromium.VisitAsync(server.Site);

        await visit.Page.GotoAsync($"{visit.Site}watch");
        await GiveAsync(visit.Page, "a.b.c");
        await visit.Page.GetByText("That token is wrong, or its time is up.").WaitForAsync();
        await GiveAsync(visit.Page, token);
        await visit.UntilAsync("probe.movedAt !== null", 20);
        Assert.False(await visit.Page.GetByLabel("Token", new() { Exact = true }).IsVisibleAsync());

        await visit.Page.GotoAsync(visit.Site);
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Flash and beep" }).WaitForAsync();
        Assert.Equal(1, await visit.Page.Locator(".card").CountAsync());
        Assert.Equal(1, await visit.Page.Locator(".poster img").CountAsync());

        Assert.DoesNotContain(visit.Requests, address => address.Contains(token, StringComparison.Ordinal));
        Assert.Equal("", await visit.GetAsync<string>("document.cookie"));
        Assert.Empty(visit.Faults);
    }

    [Fact]
    public async Task The_gallery_asks_too_and_HLS_in_place_of_WebSockets_shows_the_token()
    {
        Assert.NotEqual(0, warm.Server.HttpPort);
        await Command.RunAsync(Repository.KnSockPath, ["token", "--new-key", Key]);
        await using var server = await WebServer.StartAsync(["--store", WarmServer.Store, "--viewer-key", Key], TestVideos.FlashAndBeep);
        await using var visit = await chromium.VisitAsync(server.Site);
        await visit.RunBeforePagesAsync("window.WebSocket = class extends WebSocket { constructor(url, protocols) { super('ws://127.0.0.1:9/', protocols); } };");
        await visit.Page.GotoAsync(visit.Site);
        await GiveAsync(visit.Page, await TokenAsync("*"));
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Flash and beep" }).ClickAsync();
        await visit.UntilAsync("probe.movedAt !== null", 40);
        Assert.Contains(visit.Requests, address => address.Contains("/hls/0/", StringComparison.Ordinal));
    }

    private static async Task GiveAsync(IPage page, string token)
    {
        await page.GetByLabel("Token", new() { Exact = true }).FillAsync(token);
        await page.Keyboard.PressAsync("Enter");
    }

    private async Task<string> TokenAsync(string channels) => (await Command.RunAsync(Repository.KnSockPath, ["token", "--key-file", Key, "--channels", channels])).Trim();
}

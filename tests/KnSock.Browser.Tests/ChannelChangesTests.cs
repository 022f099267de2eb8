using KnSock.Testing.Videos;
using Microsoft.Playwright;

namespace KnSock.Browser.Tests;

/// <summary>A page whose channel is renamed, goes, and comes again, as somebody does who has the dashboard open.</summary>
public sealed class ChannelChangesTests(Chromium chromium) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("knsock-browser-media-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_page_follows_its_channel_which_is_added_renamed_and_removed_in_the_dashboard()
    {
        File.Copy(await TestVideos.Mandelbrot.GetPathAsync(), Path.Combine(_folder, "talk.mp4"));
        await using var server = await WebServer.StartAsync(["--store", WarmServer.Store, "--media-folder", _folder]);
        await using var admin = await chromium.VisitAsync(server.Site, new() { BypassCSP = true });
        await admin.Page.GotoAsync($"{server.Site}dashboard");
        await AddAsync(admin, name: "", "talk.mp4");
        await using var visit = await chromium.VisitAsync(server.Site);
        await visit.WatchAsync("talk.mp4");
        var shown = await visit.GetAsync<int>("probe.pictures");

        await RenameAsync(admin);
        await visit.UntilAsync("document.querySelector('#title').textContent === 'The <b>opening</b>' && location.search === '?channel=opening'", 15);
        await visit.UntilAsync($"probe.pictures > {shown + 20} && probe.statistics.stalls === 0", 15);

        await Press(admin, "Remove opening").ClickAsync();
        await Axe.AssertGoodAsync(admin.Page);
        await Press(admin, "Remove channel").ClickAsync();
        await visit.UntilAsync("probe.notice.startsWith('The channel has ended')", 15);
        await admin.UntilAsync("document.activeElement.id === 'channels-title' && document.querySelectorAll('#channels li').length === 0", 15);

        await AddAsync(admin, "opening", "opening");
        shown = await visit.GetAsync<int>("probe.pictures");
        await visit.UntilAsync($"probe.notice === '' && probe.pictures > {shown + 20}", 20);
        Assert.Empty(visit.Faults);
        Assert.Empty(admin.Faults);
    }

    private static async Task AddAsync(Visit admin, string name, string becomes)
    {
        await Press(admin, "Add channel…").ClickAsync();
        await Box(admin, "Name").FillAsync(name);
        await Axe.AssertGoodAsync(admin.Page);
        await Press(admin, "Add channel").ClickAsync();
        await Press(admin, $"Rename {becomes}").WaitForAsync(new() { Timeout = 20_000 });
    }

    /// <summary>First to what no channel can be called, and then well.</summary>
    private static async Task RenameAsync(Visit admin)
    {
        await Press(admin, "Rename talk.mp4").ClickAsync();
        await Box(admin, "Name").FillAsync("a\u202eb");
        await Press(admin, "Save").ClickAsync();
        await admin.UntilAsync("document.querySelector('#channel-fault').textContent !== ''", 10);
        await Box(admin, "Name").FillAsync("opening");
        await Box(admin, "Title").FillAsync("The <b>opening</b>");
        await Press(admin, "Save").ClickAsync();
        await Press(admin, "Rename opening").WaitForAsync(new() { Timeout = 10_000 });
        await admin.UntilAsync("document.activeElement.getAttribute('aria-label') === 'Rename opening'", 10);
    }

    private static ILocator Press(Visit admin, string button) => admin.Page.GetByRole(AriaRole.Button, new() { Name = button, Exact = true });

    private static ILocator Box(Visit admin, string label) => admin.Page.GetByRole(AriaRole.Textbox, new() { Name = label, Exact = true });
}

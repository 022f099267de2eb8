using Microsoft.Playwright;

namespace KnSock.Browser.Tests;

/// <summary>From the gallery to a picture that moves and a sound that is heard, by one click.</summary>
public sealed class StartTests(Chromium chromium, WarmServer warm)
{
    // 1 s on a quiet machine; a busy one with two cores decodes, encodes and draws all at once.
    private const double WithinMs = 5_000;

    [Fact]
    public async Task A_click_in_the_gallery_plays_picture_and_sound_at_once()
    {
        await using var visit = await chromium.VisitAsync(warm.Server.Site);
        await visit.Page.GotoAsync(visit.Site);
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Flash and beep" }).ClickAsync();

        await visit.UntilAsync("probe.movedAt !== null", 20);
        var tookMs = await visit.GetAsync<double>("probe.movedAt - Number(sessionStorage.getItem('clickedAt'))");
        Visit.Say($"click to moving picture: {tookMs:0} ms");
        Assert.InRange(tookMs, 1, WithinMs);

        await visit.UntilAsync("probe.changes > 30 && probe.brightest > 230", 15);
        Assert.Equal("running", await visit.ListenAsync());
        await visit.UntilAsync("(({ level, over }) => level > -50 && over > 20)(probe.tone())", 15);
        Assert.True(await visit.GetAsync<bool>("!probe.video.muted && !probe.video.paused"));
        Assert.Empty(visit.Faults);
    }
}

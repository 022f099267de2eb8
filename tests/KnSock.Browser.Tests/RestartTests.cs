namespace KnSock.Browser.Tests;

/// <summary>A server that goes and comes back.</summary>
public sealed class RestartTests(Chromium chromium)
{
    // Measured: 1.4 s on a quiet machine, 3.5 s on a busy one.
    private const double WithinSeconds = 15;

    [Fact]
    public async Task The_page_plays_on_by_itself_after_the_server_was_killed_and_started_again()
    {
        await using var server = await WebServer.StartAsync(["--store", WarmServer.Store], WarmServer.Videos);
        await using var visit = await chromium.VisitAsync(server.Site);
        await visit.WatchAsync("mandelbrot.mp4");
        await visit.GetAsync<object>(
            "probe.killedAt = performance.now(), probe.back = null, probe.lost = 0, probe.element.player.on('lost', () => { probe.lost += 1; }), "
            + "probe.element.player.on('rendition', () => { if (probe.lost) probe.back ??= { at: performance.now(), pictures: probe.pictures, media: probe.video.currentTime }; }), null");

        await server.KillAndStartAsync();
        var ready = await visit.GetAsync<double>("performance.now()");
        await visit.UntilAsync("probe.back !== null", WithinSeconds);
        await visit.UntilAsync("probe.changes > 0 && probe.pictures > probe.back.pictures + 10 && probe.statistics.state === 'playing'", WithinSeconds);
        var back = await visit.GetAsync<double>("performance.now()");
        var gap = await visit.GetAsync<double>("probe.longestGap(probe.killedAt)");

        Visit.Say($"plays on {(back - ready) / 1_000:0.0} s after the server was ready again; longest time without a new picture {gap / 1_000:0.0} s");
        Assert.InRange((back - ready) / 1_000, 0, WithinSeconds);
        Assert.Single(await server.SessionsAsync());
        Assert.Equal("", await visit.GetAsync<string>("probe.notice"));
        Assert.Empty(visit.Faults);
    }
}

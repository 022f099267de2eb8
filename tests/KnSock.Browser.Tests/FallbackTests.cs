namespace KnSock.Browser.Tests;

/// <summary>A way to the server that lets pages through and no WebSockets.</summary>
public sealed class FallbackTests(Chromium chromium, WarmServer warm)
{
    [Fact]
    public async Task Where_no_websocket_gets_through_it_plays_hls()
    {
        await using var visit = await chromium.VisitAsync(warm.Server.Site);
        // A real one that fails as those behind such a proxy do: nobody listens there.
        await visit.RunBeforePagesAsync("window.WebSocket = class extends WebSocket { constructor(url, protocols) { super('ws://127.0.0.1:9/', protocols); } };");
        await visit.Page.GotoAsync($"{visit.Site}watch?channel=mandelbrot.mp4");
        var took = await visit.UntilAsync("probe.changes > 30", 25);

        Visit.Say($"plays HLS after {took:0.0} s");
        Assert.Contains(visit.Requests, r => r.Contains("/hls/", StringComparison.Ordinal));
        Assert.True(await visit.GetAsync<bool>("probe.element.player === null && probe.notice === ''"));
    }
}

namespace KnSock.Browser.Tests;

/// <summary>A way to the server that lets pages through and no WebSockets: the player page plays HLS by hls.js, with low latency.</summary>
public sealed class HlsJsTests(Chromium chromium, WarmServer warm)
{
    // Measured: 1.3 to 2.1 s. A busy machine has it wait, and it catches up only slowly.
    private const double MostLatency = 4;

    // A machine with far too much to do has any player wait for its media.
    private const int MostTries = 3;

    [Fact]
    public async Task Without_websockets_it_plays_hls_near_the_live_edge_and_changes_rungs_without_an_error_and_without_a_stall()
    {
        var faults = await PlayAsync();
        for (var i = 1; i < MostTries && faults.Length > 0; i++)
        {
            Visit.Say($"once more, because of {string.Join("; ", faults)}");
            faults = await PlayAsync();
        }

        Assert.Empty(faults);
    }

    /// <summary>What hls.js found wrong, and each time that the picture had to wait.</summary>
    private async Task<string[]> PlayAsync()
    {
        await using var visit = await chromium.VisitAsync(warm.Server.Site);
        await visit.RunBeforePagesAsync(Visit.Probe("hls-js.js"));
        await visit.Page.GotoAsync($"{visit.Site}watch?channel=mandelbrot.mp4");
        var took = await visit.UntilAsync("probe.changes > 30", 25);
        Visit.Say($"plays HLS after {took:0.0} s");
        Assert.Contains(visit.Requests, r => r.Contains("/hls/", StringComparison.Ordinal));
        Assert.True(await visit.GetAsync<bool>("probe.element.player === null && probe.notice === ''"));

        foreach (var (rung, height) in ((string, int)[])[("240p", 240), ("480p", 480), ("240p", 240)])
        {
            await visit.ChooseRungAsync(rung);
            var shown = await visit.UntilAsync($"hlsProbe.height === {height}", 15);
            Visit.Say($"{rung} after {shown:0.0} s");
        }

        await ChangeToAndFroAsync(visit);
        await visit.ChooseRungAsync("Auto");
        await visit.UntilAsync("probe.element.hls.chosenRendition === null", 5);
        var latency = await visit.UntilAsync($"hlsProbe.engine.latency <= {MostLatency}", 20);
        Visit.Say($"{await visit.GetAsync<double>("hlsProbe.engine.latency"):0.00} s behind the live edge after {latency:0.0} s");
        Assert.Empty(visit.Faults);
        return await visit.GetAsync<string[]>("[...hlsProbe.faults, ...Array(hlsProbe.holes).fill('a hole in the buffer')]");
    }

    /// <summary>Leaves a rung and is back on it within a segment, which lasts 2 s, some times, each at another place in it.</summary>
    private static async Task ChangeToAndFroAsync(Visit visit)
    {
        for (var i = 0; i < 6; i++)
        {
            await visit.GetAsync<object>($"probe.element.hls.chooseRendition({(i % 2 == 0 ? 2 : 0)}), null");
            var at = await visit.GetAsync<double>("probe.video.currentTime");
            await visit.UntilAsync(FormattableString.Invariant($"probe.video.currentTime > {at} + 0.7"), 10);
        }

        await visit.UntilAsync("hlsProbe.height === 240", 15);
        var end = await visit.GetAsync<double>("probe.video.currentTime");
        await visit.UntilAsync(FormattableString.Invariant($"probe.video.currentTime > {end} + 2"), 15);
    }
}

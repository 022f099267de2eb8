using System.Text.Json;
using KnSock.Testing.LipSync;

namespace KnSock.Browser.Tests;

/// <summary>Picture and sound together as the browser plays them, by the flash and the beep of the sample.</summary>
/// <remarks>
/// A flash is taken when the browser expects its first picture on the display, so to 1/60 s; a beep when the audio context has that sample leave it, which is known to
/// the 10 ms or so that are computed at once. Sound that passes through WebAudio is later by what that keeps ready, and the browser does not hold the picture back for it:
/// the figure has that in it, too. On a busy machine pictures are dropped, and a flash that has lost its first one is 33 ms later.
/// </remarks>
public sealed class LipSyncTests(Chromium chromium, WarmServer warm)
{
    // Measured: 17 to 29 ms, the beep later, of which about 40 ms are what WebAudio keeps ready and no fault of the player: without those the flash is 10 to 25 ms later. The worst of a few may
    // have lost its first pictures on a busy machine; their middle tells of the player.
    private const double WithinMs = 110;
    private const double MiddleWithinMs = 60;

    /// <summary>Flashes are a second apart.</summary>
    private static readonly TimeSpan Apart = TimeSpan.FromSeconds(0.5);

    [Fact]
    public async Task Flash_and_beep_are_played_together()
    {
        // The worklet that finds the beeps is no file of the site.
        await using var visit = await chromium.VisitAsync(warm.Server.Site, new() { BypassCSP = true });
        await visit.WatchAsync("flash-and-beep.mp4");
        Assert.Equal("running", await visit.ListenAsync(Visit.Probe("beeps.js")));
        await Task.Delay(1_500);
        await visit.GetAsync<object>("probe.shown.length = probe.heard.length = 0, null");
        await Task.Delay(9_000);

        var pictures = (await visit.GetAsync<JsonElement>("probe.shown")).EnumerateArray()
            .Select(p => (At: At(p, "at"), IsWhite: p.GetProperty("brightness").GetDouble() > 160)).ToList();
        var flashes = pictures.Zip(pictures.Skip(1)).Where(p => !p.First.IsWhite && p.Second.IsWhite).Select(p => p.Second.At).ToList();
        // Listening begins and ends between a flash and its beep now and then.
        var heard = (await visit.GetAsync<JsonElement>("probe.heard")).EnumerateArray()
            .Where(b => flashes.Count > 0 && At(b, "at") > flashes[0] - Apart && At(b, "at") < flashes[^1] + Apart).ToList();
        var report = LipSyncReport.Of(flashes, [.. heard.Select(b => At(b, "at"))]);
        Visit.Say($"flash and beep: {report.ToString()}");
        Visit.Say($"without what WebAudio keeps ready: {LipSyncReport.Of(flashes, [.. heard.Select(b => At(b, "rendered"))]).ToString()}");
        Visit.Say($"pictures a second: {pictures.Count / 9.0:0.0}");
        Assert.True(report is { Skews.Count: >= 7, P95Ms: <= WithinMs, LonelyFlashes: <= 1, LonelyBeeps: <= 1 } && Middle(report) <= MiddleWithinMs, report.ToString());
    }

    private static double Middle(LipSyncReport report) => report.Skews.Select(s => Math.Abs(s.TotalMilliseconds)).Order().ElementAt(report.Skews.Count / 2);

    private static TimeSpan At(JsonElement of, string name) => TimeSpan.FromMilliseconds(of.GetProperty(name).GetDouble());
}

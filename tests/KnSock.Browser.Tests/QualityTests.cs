namespace KnSock.Browser.Tests;

/// <summary>The menu of rungs.</summary>
public sealed class QualityTests(Chromium chromium, WarmServer warm)
{
    [Fact]
    public async Task A_rung_that_is_chosen_is_played_soon_and_without_a_stall_and_auto_chooses_again()
    {
        await using var visit = await chromium.VisitAsync(warm.Server.Site);
        await visit.WatchAsync("mandelbrot.mp4");
        await visit.UntilAsync("probe.video.videoHeight > 240", 20);
        var stalls = await visit.GetAsync<int>("probe.statistics.stalls");

        await visit.ChooseRungAsync("240p");
        var down = await visit.UntilAsync("probe.video.videoHeight === 240", 15);
        await visit.ChooseRungAsync("480p");
        var up = await visit.UntilAsync("probe.video.videoHeight === 480", 15);
        Assert.Equal(2, await visit.GetAsync<int>("probe.element.player.chosenRendition"));
        await visit.ChooseRungAsync("240p");
        await visit.UntilAsync("probe.video.videoHeight === 240", 15);
        await visit.ChooseRungAsync("Auto");
        var auto = await visit.UntilAsync("probe.element.player.chosenRendition === null && probe.video.videoHeight > 240", 20);

        Visit.Say($"to 240p {down:0.0} s, to 480p {up:0.0} s, up again by Auto {auto:0.0} s");
        Assert.Equal(stalls, await visit.GetAsync<int>("probe.statistics.stalls"));
        Assert.Empty(visit.Faults);
    }
}

using KnSock.Shaped.Results;
using KnSock.Shaped.Viewers;
using KnSock.Simulation.Results;

namespace KnSock.Shaped.Tests;

public sealed class ShapedRunTests
{
    [Fact]
    public void The_mean_is_over_the_same_traces_for_all_viewers()
    {
        var all = ShapedRun.Mean(
        [
            Run(1000, ours: 800, theirs: 600),
            Run(3000, ours: 2000, theirs: 1000),
            Run(9000, ours: 5000, theirs: null) with { Failures = ["hlsjs: the page did not say how it went"] },
        ]);
        Assert.Equal((2000, 2000, 1400, 800), (all.CapacityKbps, all.Simulated.Kbps, all.KnSock!.Kbps, all.HlsJs!.Kbps));
    }

    [Fact]
    public void The_client_is_told_what_the_simulated_one_is()
    {
        Assert.Equal(["--max-buffer", "8000ms"], KnSockViewer.PlayOptions(new Setting(Regime.ReadAhead, TimeSpan.FromSeconds(8))), StringComparer.Ordinal);
        Assert.Equal(
            ["--max-buffer", "0s", "--video-buffer", "500", "--audio-buffer", "500", "--max-target-delay", "500"],
            KnSockViewer.PlayOptions(new Setting(Regime.Live, TimeSpan.FromMilliseconds(500))),
            StringComparer.Ordinal);
    }

    private static ShapedRun Run(double capacity, double ours, double? theirs) => new()
    {
        Trace = "x",
        Regime = "live",
        DelayMs = 500,
        CapacityKbps = capacity,
        Simulated = Figures(capacity),
        KnSock = Figures(ours),
        HlsJs = theirs is { } kbps ? Figures(kbps) : null,
    };

    private static ViewerFigures Figures(double kbps) => new() { WatchedSeconds = 1, StallRatio = 0, StallsPerMin = 0, Kbps = kbps, SwitchesPerMin = 0 };
}

using System.Text.Json;
using KnSock.Shaped.Results;

namespace KnSock.Shaped.Tests;

public sealed class FiguresReadingTests
{
    private static readonly Dictionary<string, double> ByName = new(StringComparer.Ordinal) { ["240p"] = 160, ["720p"] = 2800 };
    private static readonly Dictionary<int, double> ByHeight = new() { [240] = 160, [720] = 2800 };

    [Fact]
    public void A_played_run_counts_as_a_simulated_one()
    {
        var figures = FiguresReading.OfPlay(Json("""
            {"joinMs": 140.5, "framesPresented": 900, "framesDropped": 100, "switches": 2, "latencyP95Ms": 520,
             "watched": {"seconds": 40, "standstills": 4, "standstillMs": 2000, "pictures": {"240p": 300, "720p": 600}}}
            """), ByName, seconds: 41);
        Assert.Equal((40, 0.05, 6, 1920, 3), (figures.WatchedSeconds, figures.StallRatio, figures.StallsPerMin, figures.Kbps, figures.SwitchesPerMin));
        Assert.Equal((520, 140.5, 0.1), (figures.LatencyP95Ms, figures.StartUpMs, figures.Dropped));
    }

    [Fact]
    public void Who_saw_nothing_stood_still_all_the_time()
    {
        var figures = FiguresReading.OfPlay(Json("""
            {"joinMs": null, "framesPresented": 0, "framesDropped": 0, "switches": 0, "latencyP95Ms": null,
             "watched": {"seconds": 0, "standstills": 0, "standstillMs": 0, "pictures": {}}}
            """), ByName, seconds: 30);
        Assert.Equal((30, 1, 0), (figures.WatchedSeconds, figures.StallRatio, figures.Kbps));
        Assert.Null(figures.StartUpMs);
    }

    [Fact]
    public void A_page_counts_alike()
    {
        var figures = FiguresReading.OfPage(Json("""
            {"startUpMs": 800, "seconds": 40, "standstills": 1, "standstillMs": 4000, "switches": 1, "watched": {"240": 12, "720": 24},
             "latencyP95Ms": null, "frames": 1000, "dropped": 10}
            """), ByHeight, seconds: 41);
        Assert.Equal((0.1, 1.5, 1920, 1.5), (figures.StallRatio, figures.StallsPerMin, figures.Kbps, figures.SwitchesPerMin));
        Assert.Equal((null, 800, 0.01), (figures.LatencyP95Ms, figures.StartUpMs, figures.Dropped));
    }

    private static JsonElement Json(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }
}

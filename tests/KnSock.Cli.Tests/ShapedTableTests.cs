using System.Text.Json;
using KnSock.Cli.Output;
using KnSock.Shaped.Results;

namespace KnSock.Cli.Tests;

public sealed class ShapedTableTests
{
    private static readonly ViewerFigures Figures = new()
    {
        WatchedSeconds = 179.5, StallRatio = 0.0123, StallsPerMin = 1.25, Kbps = 1234.4, SwitchesPerMin = 6, LatencyP95Ms = 2340, StartUpMs = 210, Cores = 0.15, Dropped = 0.001,
    };

    private static readonly ShapedReport Report = new()
    {
        Seconds = 180,
        RoundTripMs = 40,
        Congestion = "cubic",
        Rungs = new Dictionary<string, double>(StringComparer.Ordinal) { ["240p"] = 160 },
        Runs =
        [
            Run("4g_x") with { HlsJs = Figures with { LatencyP95Ms = null, Kbps = 900 } },
            Run("3g_\u001b[2J") with { KnSock = null, Failures = ["knsock: the server ended\u001b[2J"], MachineBusy = 0.7 },
        ],
        All = [Run("all")],
    };

    [Fact]
    public void Each_viewer_of_a_run_has_a_line_and_the_mean_comes_last()
    {
        var lines = Written(out _);
        Assert.Equal(["trace", "4g_x", "4g_x", "4g_x", "3g_\\u001b[2J", "all", "all"], lines.Select(l => l.Split(' ')[0]), StringComparer.Ordinal);
        Assert.Matches(@"live 0\.5 s +1500 +knsock +1\.2 % +1\.3 +1234 +6\.0 +2\.3 s +210 ms +0\.15 +0\.1 %$", lines[2]);
        Assert.Matches(@"hls\.js +1\.2 % +1\.3 +900 +6\.0 +- ", lines[3]);
    }

    [Fact]
    public void What_failed_and_a_busy_machine_are_told()
    {
        Written(out var complaints);
        Assert.Equal(2, complaints.Length);
        Assert.Contains("the server ended", complaints[0], StringComparison.Ordinal);
        Assert.Contains("70 % busy", complaints[1], StringComparison.Ordinal);
        Assert.DoesNotContain(complaints, c => c.Contains('\u001b'));
    }

    [Fact]
    public void The_same_is_told_to_programs()
    {
        using var json = JsonDocument.Parse(CliJson.Write(Report));
        var run = json.RootElement.GetProperty("runs")[0];
        Assert.Equal(0.0123, run.GetProperty("knSock").GetProperty("stallRatio").GetDouble());
        Assert.Equal(900, run.GetProperty("hlsJs").GetProperty("kbps").GetDouble());
        Assert.Equal("all", json.RootElement.GetProperty("all")[0].GetProperty("trace").GetString());
    }

    private static ShapedRun Run(string trace) => new()
    {
        Trace = trace, Regime = "live", DelayMs = 500, CapacityKbps = 1500, Simulated = Figures, KnSock = Figures,
    };

    private static string[] Written(out string[] complaints)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        ShapedTable.Write(new Terminal(output, error), Report);
        complaints = error.ToString().TrimEnd().Split('\n');
        return output.ToString().TrimEnd().Split('\n');
    }
}

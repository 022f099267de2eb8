using System.Text.Json;
using KnSock.Cli.Output;
using KnSock.Simulation.Reports;
using static KnSock.Simulation.Tests.Reports.Runs;

namespace KnSock.Cli.Tests;

public sealed class SimulationOutputTests
{
    [Fact]
    public void The_JSON_has_the_agreed_names()
    {
        const string stalls = """[{"factor":0.5,"qoe":1,"rank":1,"lead":null,"leadLow":null,"leadHigh":null,"optimum":2,"share":0.5},""" +
            """{"factor":1,"qoe":1,"rank":1,"lead":null,"leadLow":null,"leadHigh":null,"optimum":2,"share":0.5},""" +
            """{"factor":2,"qoe":1,"rank":1,"lead":null,"leadLow":null,"leadHigh":null,"optimum":2,"share":0.5},""" +
            """{"factor":4,"qoe":1,"rank":1,"lead":null,"leadLow":null,"leadHigh":null,"optimum":2,"share":0.5}]""";
        var json = CliJson.Write(Report(Run("knsock", "3g_a", 1), Run("optimum", "3g_a", 2), Run("knsock", "3g_a", 1, setting: ReadAhead)));

        Assert.StartsWith("""{"results":[{"regime":"live","delayMs":500,"policy":"optimum","network":"all",""", json, StringComparison.Ordinal);
        Assert.Contains(
            """{"regime":"live","delayMs":500,"policy":"knsock","network":"all","traces":1,"qoe":1,"qoeLow":1,"qoeHigh":1,"optimum":2""" +
            ""","stallRatio":0,"stallsPerMin":0,"kbps":815.484549,"switchesPerMin":6,"latencyP95Ms":620,"probeShare":0.0125""" +
            $$""","utility":1,"share":0.5,"latencyP50Ms":510,"startUpMs":340,"stallFactors":{{stalls}}}""",
            json, StringComparison.Ordinal);
        Assert.Contains("""{"regime":"readahead","delayMs":8000,"policy":"knsock","network":"3g","traces":1,"qoe":1,"qoeLow":1,"qoeHigh":1,"optimum":null,""", json, StringComparison.Ordinal);
    }

    [Fact]
    public void The_JSON_says_how_far_ahead_ours_is()
    {
        using var json = JsonDocument.Parse(CliJson.Write(Small()));
        var bba = json.RootElement.GetProperty("results").EnumerateArray().Single(r => r.GetProperty("policy").GetString() is "bba" && r.GetProperty("network").GetString() is "wifi");
        var atDouble = bba.GetProperty("stallFactors")[2];

        Assert.Equal(2, atDouble.GetProperty("factor").GetDouble());
        Assert.Equal(-0.25, atDouble.GetProperty("lead").GetDouble());
        Assert.Equal(-0.25, atDouble.GetProperty("leadHigh").GetDouble());
    }

    [Fact]
    public void Numbers_that_JSON_cannot_hold_become_null_and_it_is_one_line_of_ASCII()
    {
        var run = Run("knsock", "3g_ü\n", 1);
        var json = CliJson.Write(Report(run with { Network = "ü\n\u001b", Outcome = run.Outcome with { MeanKbps = double.NaN, WatchedSeconds = 0 } }));
        Assert.All(json, c => Assert.InRange(c, ' ', '~'));
        Assert.Contains("\"qoe\":null,", json, StringComparison.Ordinal);
        Assert.Contains("\"kbps\":null,", json, StringComparison.Ordinal);
    }

    [Fact]
    public void The_tables_of_a_setting_follow_each_other() => Assert.Equal(
        """
        == Live edge, 500 ms behind ==

        All networks, 3 traces
        policy     QoE         95%  share  stall  /min  kbps  util  sw/min  p50/p95  start  probe
        optimum   1.33  1.00..1.75   1.00  0.00%   0.0  1196  1.33     6.0  510/620    340   1.3%
        knsock *  1.00  0.75..1.25   0.75  0.00%   0.0   833  1.00     6.0  510/620    340   1.3%
        bba       0.89  0.42..1.50   0.67  1.33%   1.0   825  0.92     6.0  510/620    340   1.3%

        QoE by kind of network
        policy     all    3g  wifi
        optimum   1.33  1.13  1.75
        knsock *  1.00  0.88  1.25
        bba       0.89  0.58  1.50

        knsock against the best other, stalls at x times their weight: + better, = within the interval, - worse
        network  traces  best other   QoE  knsock    lead             95%  x0.5  x1  x2  x4
        all           3  bba         0.89    1.00  +0.111   -0.250..0.333     =   =   =   =
        3g            2  bba         0.58    0.88  +0.292    0.250..0.333     +   +   +   +
        wifi          1  bba         1.50    1.25  -0.250  -0.250..-0.250     -   -   -   -

        QoE (rank, share of the optimum for that weight) with stalls at x times their weight
        policy              x0.5              x1              x2              x4
        optimum   1.33            1.33            1.33            1.33
        knsock *  1.00 (1, 0.75)  1.00 (1, 0.75)  1.00 (1, 0.75)  1.00 (1, 0.75)
        bba       0.90 (2, 0.68)  0.89 (2, 0.67)  0.86 (2, 0.65)  0.81 (2, 0.60)


        """, Written(Small(), drawn: false));

    [Theory]
    [InlineData(113, true)]
    [InlineData(80, false)]
    public void Tables_are_drawn_on_a_terminal_that_is_wide_enough(int width, bool areDrawn)
    {
        var text = Written(Small(), drawn: true, width);
        Assert.Equal(areDrawn, text.Contains('╭', StringComparison.Ordinal));
        Assert.Contains("0.75..1.25", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Names_are_neither_markup_nor_escapes(bool drawn)
    {
        var text = Written(Report(Run("knsock", "net[red]\u001b[2J_a", 1), Run("[link]\u001b]0;x\u0007", "net[red]\u001b[2J_a", 1)), drawn);
        Assert.Contains("[link]", text, StringComparison.Ordinal);
        Assert.Contains("net[red]", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b]0;", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b[2J", text, StringComparison.Ordinal);
    }

    /// <summary>As many policies and networks as there are in earnest, with the widest figures.</summary>
    [Fact]
    public void No_line_is_wider_than_110_characters()
    {
        string[] policies = ["knsock", "optimum", "bba", "bola-e", "dynamic", "robust-mpc", "hls.js", "gcc", "thresholds"];
        string[] networks = ["3g", "4g", "5g", "fcc", "inet", "step", "wifi"];
        var runs = from p in policies from n in networks from i in Enumerable.Range(0, 3) select Run(p, $"{n}_{i}", -1.5 - (0.1 * i) - (0.01 * p.Length), stalledSeconds: 20);
        var wide = runs.Select(r => r with { Outcome = r.Outcome with { MeanKbps = 12345, LatencyP50Ms = 8123, LatencyP95Ms = 12345, StartUpMs = 12345, Stalls = 20, Switches = 50 } });

        Assert.All(Written(Report([.. wide]), drawn: false).Split('\n'), line => Assert.InRange(line.Length, 0, 110));
    }

    private static string Written(SimulationReport report, bool drawn, int width = 113)
    {
        using var output = new StringWriter();
        SimulationTable.Write(new Terminal(output, TextWriter.Null) { OutIsTerminal = drawn, Width = () => width }, report);
        return output.ToString().ReplaceLineEndings("\n");
    }
}

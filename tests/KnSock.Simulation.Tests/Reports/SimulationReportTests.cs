using KnSock.Simulation.Reports;
using KnSock.Simulation.Results;
using static KnSock.Simulation.Tests.Reports.Runs;

namespace KnSock.Simulation.Tests.Reports;

public sealed class SimulationReportTests
{
    [Fact]
    public void FiguresAreMeansOverTraces()
    {
        var bba = Summary(Small(), "bba", "3g");

        Assert.Equal(2, bba.Traces);
        Assert.Equal((0.5 + 0.75 - (Math.Log(8) * 0.04)) / 2, bba.Qoe.Mean, 1e-12);
        Assert.Equal(0.02, bba.StallRatio, 1e-12);
        Assert.Equal(1.5, bba.StallsPerMinute, 1e-12);
        Assert.Equal(6, bba.SwitchesPerMinute, 1e-12);
        Assert.Equal(300 * (Math.Exp(0.5) + Math.Exp(0.75)) / 2, bba.Kbps, 1e-9);
        Assert.Equal(0.625, bba.Utility, 1e-12);
        Assert.Equal((510.0, 620.0, 340.0, 0.0125), (bba.LatencyP50Ms, bba.LatencyP95Ms, bba.StartUpMs, bba.ProbeShare));
    }

    [Fact]
    public void SummariesGoBySettingNetworkAndQualityWithTheCeilingOnTop()
    {
        var report = Report([.. Small().Runs, Run("knsock", "3g_a", 1, setting: ReadAhead), Run("a", "3g_a", 1, setting: ReadAhead), Run("z", "3g_a", 2, setting: ReadAhead)]);

        Assert.Equal([Live, ReadAhead], report.Settings);
        Assert.Equal(
            [
                "all optimum", "all knsock", "all bba", "3g optimum", "3g knsock", "3g bba", "wifi optimum", "wifi bba", "wifi knsock",
                "all z", "all a", "all knsock", "3g z", "3g a", "3g knsock",
            ],
            report.Summaries.Select(s => $"{s.Network} {s.Policy}"), StringComparer.Ordinal);
    }

    [Fact]
    public void TheSameRunsInAnyOrderGiveTheSameFigures()
    {
        RunResult[] runs = [.. Small().Runs];
        var turned = Report([.. runs.Reverse()]);
        foreach (var (a, b) in Report(runs).Summaries.Zip(turned.Summaries))
        {
            Assert.Equal((a.Network, a.Policy, a.Qoe, a.Lead, a.Share, a.Kbps), (b.Network, b.Policy, b.Qoe, b.Lead, b.Share, b.Kbps));
        }
    }

    /// <summary>Nothing is known of other traces of its kind, but something of other times on it.</summary>
    [Fact]
    public void OfOneTraceTheIntervalIsFromItsParts()
    {
        var (a, b) = (WithParts(Run("knsock", "5g_a", 1), 0.8, 0.9, 1.1, 1.2), WithParts(Run("bba", "5g_a", 1.025), 0.9, 0.8, 1.2, 1.2));
        var steady = WithParts(Run("gcc", "5g_a", 0.5), 0.3, 0.4, 0.6, 0.7);
        var (ours, bba, gcc) = (Summary(Report(a, b, steady), "knsock"), Summary(Report(a, b, steady), "bba"), Summary(Report(a, b, steady), "gcc"));

        Assert.InRange(ours.Qoe.Low, 0.8, 0.95);
        Assert.InRange(ours.Qoe.High, 1.05, 1.2);
        // The same parts of both are drawn, so what is common to them does not count.
        Assert.Equal(-0.025, bba.Lead!.Value.Mean, 9);
        Assert.True(bba.Lead.Value is { Low: < -0.05, High: > 0 }, $"{bba.Lead}");
        Assert.Equal((0.5, 0.5, 0.5), (Math.Round(gcc.Lead!.Value.Mean, 9), Math.Round(gcc.Lead.Value.Low, 9), Math.Round(gcc.Lead.Value.High, 9)));
    }

    [Fact]
    public void TheCeilingCountsOnTheTracesThatAPolicyRanOnAndOnlyIfItRanOnAllOfThem()
    {
        var report = Report(
            Run("optimum", "3g_a", 1), Run("optimum", "3g_b", 2),
            Run("one", "3g_a", 0.5), Run("all", "3g_a", 0.75), Run("all", "3g_b", 1.5), Run("more", "3g_a", 1), Run("more", "3g_c", 1));

        Assert.Equal((1, 0.5), (Summary(report, "one").Optimum, Summary(report, "one").Share));
        Assert.Equal((1.5, 0.75), (Summary(report, "all").Optimum, Summary(report, "all").Share));
        Assert.Null(Summary(report, "more").Optimum);
        Assert.Null(Summary(report, "more").Share);
    }

    [Fact]
    public void ThereIsNoShareOfACeilingThatIsNotAboveZero()
    {
        var report = Report(Run("optimum", "3g_a", 0, stalledSeconds: 10), Run("knsock", "3g_a", 0, stalledSeconds: 20));

        Assert.True(Summary(report, "knsock").Optimum < 0);
        Assert.Null(Summary(report, "knsock").Share);
    }

    [Fact]
    public void PoliciesAreComparedTraceByTrace()
    {
        // Traces differ far more than the policies do: side by side nothing could be said, pair by pair everything.
        var report = Report(
            [
                .. Enumerable.Range(0, 10).Select(i => Run("knsock", $"3g_{i}", (i * 0.2) + 0.05 + (0.001 * i))),
                .. Enumerable.Range(0, 10).Select(i => Run("bba", $"3g_{i}", i * 0.2)),
            ]);
        var bba = Summary(report, "bba");

        Assert.True(bba.Qoe.High > Summary(report, "knsock").Qoe.Low);
        Assert.Equal(0.0545, bba.Lead!.Value.Mean, 1e-9);
        Assert.True(bba.Lead.Value.IsAboveZero);
        Assert.Null(Summary(report, "knsock").Lead);
    }

    [Fact]
    public void OnlyTracesThatBothRanOnAreCompared()
    {
        var report = Report(Run("knsock", "3g_a", 1), Run("knsock", "3g_b", 5), Run("bba", "3g_a", 0.75), Run("bba", "3g_c", 7), Run("gcc", "3g_c", 1));

        Assert.Equal(0.25, Summary(report, "bba").Lead!.Value.Mean, 1e-12);
        Assert.Null(Summary(report, "gcc").Lead);
    }

    [Fact]
    public void TheWeightOfStallsDecidesBetweenTheBoldAndTheCautious()
    {
        var report = Report(Run("bold", "3g_a", 1.5, stalledSeconds: 20), Run("knsock", "3g_a", 1), Run("optimum", "3g_a", 2));
        var (bold, ours) = (Summary(report, "bold"), Summary(report, "knsock"));

        Assert.Equal([0.5, 1, 2, 4], bold.StallFactors.Select(w => w.Factor));
        Assert.Equal([1, 1, 2, 2], bold.StallFactors.Select(w => w.Rank!.Value));
        Assert.Equal([2, 2, 1, 1], ours.StallFactors.Select(w => w.Rank!.Value));
        Assert.Equal(1.5 - (4 * Math.Log(8) * 0.2), bold.At(4).Qoe, 1e-12);
        Assert.Equal(1 - bold.At(4).Qoe, bold.At(4).Lead!.Value.Mean, 1e-12);
        Assert.All(Summary(report, "optimum").StallFactors, w => Assert.Null(w.Rank));
    }

    /// <summary>The best for heavy stalls is another plan than the best for light ones.</summary>
    [Fact]
    public void EachWeightOfStallsHasItsOwnCeiling()
    {
        var bold = Run("optimum", "3g_a", 3, stalledSeconds: 10);
        var ceiling = bold with { AtStallFactor = new Dictionary<double, Outcome> { [1] = bold.Outcome, [4] = Run("optimum", "3g_a", 2.5).Outcome } };
        var ours = Summary(Report(Run("knsock", "3g_a", 2), ceiling), "knsock");

        Assert.Equal(3 - (0.1 * Math.Log(8)), ours.At(1).Optimum!.Value, 1e-12);
        Assert.Equal(2.5, ours.At(4).Optimum!.Value, 1e-12);
        Assert.Equal(2 / 2.5, ours.At(4).Share!.Value, 1e-12);
        Assert.Equal(ours.At(1).Optimum, ours.Optimum);
    }

    [Fact]
    public void TheBestBaselineIsNeitherOursNorTheCeiling()
    {
        var report = Report(Run("knsock", "3g_a", 2), Run("optimum", "3g_a", 3), Run("a", "3g_a", 1), Run("b", "3g_a", 1.5, stalledSeconds: 10));

        Assert.Equal("b", report.BestBaseline(Live, "3g")!.Policy);
        Assert.Equal("a", report.BestBaseline(Live, "3g", factor: 4)!.Policy);
        Assert.Null(Report(Run("knsock", "3g_a", 2)).BestBaseline(Live, "3g"));
    }

    [Fact]
    public void WhatIsNoNumberIsWorseThanAnyNumber()
    {
        var unseen = Run("b", "3g_a", 1);
        var report = Report(Run("knsock", "3g_a", -1), Run("a", "3g_a", -2), unseen with { Outcome = unseen.Outcome with { WatchedSeconds = 0 } });

        Assert.Equal(3, Summary(report, "b").At(1).Rank);
        Assert.Equal(2, Summary(report, "a").At(1).Rank);
        Assert.Equal("a", report.BestBaseline(Live, "all")!.Policy);
    }

    [Fact]
    public void TwoRunsOfOnePolicyOnOneTraceAreAMistake()
    {
        var error = Assert.Throws<ArgumentException>(() => Report(Run("knsock", "3g_a", 1), Run("knsock", "3g_a", 2)));
        Assert.StartsWith("there are two runs of knsock on 3g_a", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AKindOfNetworkNamedAllIsPartOfAllOnly()
    {
        var report = Report(Run("knsock", "all_a", 1), Run("knsock", "3g_a", 2));
        Assert.Equal(["all", "3g"], report.NetworksOf(Live));
        Assert.Equal(2, Summary(report, "knsock").Traces);
    }

    [Fact]
    public void NoRunsGiveAnEmptyReport() => Assert.Empty(Report().Summaries);

    private static Summary Summary(SimulationReport report, string policy, string network = "all") =>
        report.Of(Live, network).Single(s => s.Policy == policy);
}

using KnSock.Simulation.Results;
using static KnSock.Simulation.Reports.ReportText;

namespace KnSock.Simulation.Reports;

/// <summary>The tables of a report.</summary>
internal static class ReportTables
{
    private const string Fine = "0.000";

    private static readonly ReportColumn PolicyColumn = new("policy", IsText: true);

    private static readonly IReadOnlyList<(ReportColumn Column, Func<Summary, string> Cell)> Figures =
    [
        (PolicyColumn, s => s.Policy),
        (new("QoE", "quality: mean ln(bitrate / lowest) - weight x stalled share - 0.5 x change of utility per second"), s => Number(s.Qoe.Mean, "0.00")),
        (new("95%", "95 % interval of it, by a bootstrap over traces; of one trace over its parts"), s => Interval(s.Qoe)),
        (new("share", "of the optimum's quality"), s => Number(s.Share, "0.00")),
        (new("stall", "share of the time watched that the picture stood still"), s => Percent(s.StallRatio, "0.00")),
        (new("/min", "stalls a minute"), s => Number(s.StallsPerMinute, "0.0")),
        (new("kbps", "bitrate of the pictures shown"), s => Number(s.Kbps, "0")),
        (new("util", "utility: mean ln(bitrate / lowest)"), s => Number(s.Utility, "0.00")),
        (new("sw/min", "changes of rung a minute"), s => Number(s.SwitchesPerMinute, "0.0")),
        (new("p50/p95", "latency: behind the live edge, ms, means of the traces' quantiles"), s => $"{Number(s.LatencyP50Ms, "0")}/{Number(s.LatencyP95Ms, "0")}"),
        (new("start", "from joining to the first picture, ms"), s => Number(s.StartUpMs, "0")),
        (new("probe", "share of the bytes sent that were padding"), s => Percent(s.ProbeShare, "0.0")),
    ];

    /// <summary>All of a setting, in the order in which they are read.</summary>
    public static IEnumerable<ReportTable> Of(SimulationReport report, Setting setting)
    {
        yield return Overall(report, setting);
        yield return ByNetwork(report, setting);
        if (AgainstBest(report, setting) is { Rows.Count: > 0 } table)
        {
            yield return table;
        }

        yield return ByStallFactor(report, setting);
    }

    /// <summary>What each policy came to over all networks.</summary>
    public static ReportTable Overall(SimulationReport report, Setting setting)
    {
        List<Summary> summaries = [.. report.Of(setting, SimulationReport.AllNetworks)];
        return new ReportTable
        {
            Caption = $"All networks, {TraceCount(summaries.Max(s => s.Traces))}",
            Columns = [.. Figures.Select(f => f.Column)],
            Rows = [.. summaries.Select(s => new ReportRow([.. Figures.Select(f => f.Cell(s))], s.Policy is SimulationReport.Ours))],
        };
    }

    /// <summary>Quality of each policy on each kind of network.</summary>
    public static ReportTable ByNetwork(SimulationReport report, Setting setting) =>
        Matrix(report, setting, "QoE by kind of network", n => TracesOf(report, setting, n), s => Number(s.Qoe.Mean, "0.00"));

    /// <summary>How far ours is ahead of each other policy on each kind of network, trace by trace.</summary>
    public static ReportTable Leads(SimulationReport report, Setting setting) =>
        Matrix(
            report, setting, $"{SimulationReport.Ours} less each policy, trace by trace: mean difference of QoE and its 95 % interval",
            n => TracesOf(report, setting, n), s => s.Lead is { } lead ? $"{Signed(lead.Mean)} ({Interval(lead)})" : Unknown);

    /// <summary>Ours beside whichever other is best, for each kind of network, also with stalls weighted otherwise.</summary>
    public static ReportTable AgainstBest(SimulationReport report, Setting setting) => new()
    {
        Caption = $"{SimulationReport.Ours} against the best other, stalls at x times their weight: + better, = within the interval, - worse",
        Columns =
        [
            new("network", IsText: true), new("traces"), new("best other", IsText: true), new("QoE", "quality of that"), new(SimulationReport.Ours, "quality of ours"),
            new("lead", "mean difference, trace by trace"), new("95%", "95 % interval of it, by a bootstrap over traces; of one trace over its parts"),
            .. SimulationReport.StallFactors.Select(f => new ReportColumn($"x{f}", $"against whichever is best with stalls at {f} times their weight")),
        ],
        Rows =
        [
            .. from network in report.NetworksOf(setting)
               let ours = report.Of(setting, network).FirstOrDefault(s => s.Policy is SimulationReport.Ours)
               let best = report.BestBaseline(setting, network)
               where ours is not null && best is not null
               select new ReportRow(
               [
                   network, $"{ours.Traces}", best.Policy, Number(best.Qoe.Mean, "0.00"), Number(ours.Qoe.Mean, "0.00"), Signed(best.Lead?.Mean, Fine), Interval(best.Lead, Fine),
                   .. SimulationReport.StallFactors.Select(f => Verdict(report.BestBaseline(setting, network, f)?.At(f).Lead)),
               ]),
        ],
    };

    /// <summary>Quality over all networks, and the place it gives, with stalls weighted otherwise.</summary>
    public static ReportTable ByStallFactor(SimulationReport report, Setting setting) => new()
    {
        Caption = "QoE (rank, share of the optimum for that weight) with stalls at x times their weight",
        Columns = [PolicyColumn, .. SimulationReport.StallFactors.Select(f => new ReportColumn($"x{f}"))],
        Rows =
        [
            .. from s in report.Of(setting, SimulationReport.AllNetworks)
               select new ReportRow([s.Policy, .. s.StallFactors.Select(w => $"{Number(w.Qoe, "0.00")} {(w.Rank is { } rank ? $"({rank}, {Number(w.Share, "0.00")})" : string.Empty),9}")], s.Policy is SimulationReport.Ours),
        ],
    };

    /// <summary>Quality of each policy on each trace.</summary>
    public static ReportTable ByTrace(SimulationReport report, Setting setting)
    {
        List<string> policies = [.. report.Of(setting, SimulationReport.AllNetworks).Select(s => s.Policy)];
        return new ReportTable
        {
            Caption = "QoE of each policy on each trace",
            Columns = [new("trace", IsText: true), .. policies.Select(p => new ReportColumn(p))],
            Rows =
            [
                .. from runs in report.Runs.Where(r => r.Setting == setting).GroupBy(r => r.Trace, StringComparer.Ordinal)
                   let qoe = runs.ToDictionary(r => r.Policy, r => report.Quality.Of(r.Outcome), StringComparer.Ordinal)
                   select new ReportRow([runs.Key, .. policies.Select(p => qoe.TryGetValue(p, out var q) ? Number(q, "0.00") : Unknown)]),
            ],
        };
    }

    private static ReportTable Matrix(SimulationReport report, Setting setting, string caption, Func<string, string> meaning, Func<Summary, string> cell)
    {
        var networks = report.NetworksOf(setting);
        var byNetwork = networks.Select(n => report.Of(setting, n).ToDictionary(s => s.Policy, StringComparer.Ordinal)).ToList();
        return new ReportTable
        {
            Caption = caption,
            Columns = [PolicyColumn, .. networks.Select(n => new ReportColumn(n, meaning(n)))],
            Rows =
            [
                .. from s in report.Of(setting, SimulationReport.AllNetworks)
                   select new ReportRow([s.Policy, .. byNetwork.Select(b => b.TryGetValue(s.Policy, out var there) ? cell(there) : Unknown)], s.Policy is SimulationReport.Ours),
            ],
        };
    }

    private static string TracesOf(SimulationReport report, Setting setting, string network) => TraceCount(report.Of(setting, network).Max(s => s.Traces));
}

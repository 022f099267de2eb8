using System.Xml.Linq;
using KnSock.Simulation.Results;
using static KnSock.Simulation.Reports.PageElements;
using static KnSock.Simulation.Reports.ReportText;

namespace KnSock.Simulation.Reports;

/// <summary>How the runs on each trace went, closed until somebody wants to see it.</summary>
internal static class TraceDetails
{
    /// <summary>A plot for each trace of which there are moments: ours and the best other.</summary>
    public static IEnumerable<XElement> Of(SimulationReport report, Setting setting)
    {
        var best = report.BestBaseline(setting, SimulationReport.AllNetworks)?.Policy;
        return report.Runs
            .Where(r => r.Setting == setting && r.Moments.Count > 0 && (r.Policy is SimulationReport.Ours || r.Policy == best))
            .GroupBy(r => r.Trace, StringComparer.Ordinal)
            .Select(runs => Of(report, runs.Key, [.. runs.OrderBy(r => r.Policy is not SimulationReport.Ours)]));
    }

    private static XElement Of(SimulationReport report, string trace, List<RunResult> runs)
    {
        List<string> figures = [.. runs.Select(r => Described(r, report.Quality))];
        return Details(
            $"{trace} ({string.Join(", ", runs.Select(r => $"{r.Policy} {Number(report.Quality.Of(r.Outcome), "0.00")}"))})",
            Tag("div", [With("class", "quiet"), .. figures.Select(f => Tag("p", f))]),
            TracePlot.Draw(runs, report.RungKbps, $"{trace}: {ReportText.Of(runs[0].Setting)}", $"Capacity, bitrate shown, stalls, buffer and latency over time. {string.Join("; ", figures)}"));
    }

    private static string Described(RunResult run, Quality quality)
    {
        var outcome = run.Outcome;
        return $"{run.Policy}: QoE {Number(quality.Of(outcome), "0.00")}, {Number(outcome.MeanKbps, "0")} kbit/s, " +
            $"stalls: {outcome.Stalls}, in all {Number(outcome.StalledSeconds, "0.0")} s, switches: {outcome.Switches}, " +
            $"latency {Number(outcome.LatencyP50Ms, "0")} ms (95 %: {Number(outcome.LatencyP95Ms, "0")}), first picture after {Number(outcome.StartUpMs, "0")} ms";
    }
}

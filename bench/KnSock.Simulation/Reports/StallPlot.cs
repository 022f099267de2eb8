using KnSock.Plotting;
using KnSock.Simulation.Results;

namespace KnSock.Simulation.Reports;

/// <summary>The plot of stalls against bitrate: what a policy pays for what it gives.</summary>
internal static class StallPlot
{
    /// <summary>A point for each policy, over all networks.</summary>
    public static Plot Of(SimulationReport report, Setting setting)
    {
        // Ours comes first and keeps its colour, whatever else was run.
        var policies = report.Of(setting, SimulationReport.AllNetworks)
            .OrderBy(s => s.Policy switch { SimulationReport.Ours => 0, SimulationReport.Ceiling => 1, _ => 2 })
            .ThenBy(s => s.Policy, StringComparer.Ordinal)
            .ToList();
        return new Plot
        {
            Title = $"Stalls against bitrate: {ReportText.Of(setting)}",
            Description = "The further right and down, the better. " + string.Join("; ", policies.Select(Described)),
            XLabel = "mean bitrate of the pictures shown, kbit/s",
            YLabel = "stalled, % of the time",
            IsXFromZero = false,
            Series = [.. policies.Select((s, i) => new PlotSeries { Name = s.Policy, Points = [new PlotPoint(s.Kbps, s.StallRatio * 100)], Color = i })],
        };
    }

    private static string Described(Summary summary) =>
        $"{summary.Policy}: {ReportText.Number(summary.Kbps, "0")} kbit/s, {ReportText.Percent(summary.StallRatio, "0.00")} stalled";
}

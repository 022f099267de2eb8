using KnSock.Plotting;

namespace KnSock.Fanout.Growth;

/// <summary>The pictures of a growth report.</summary>
public static class GrowthPlots
{
    private const string CostLabel = "CPU seconds per gigabit";

    /// <summary>Draws them.</summary>
    /// <returns>Names of files with their contents.</returns>
    public static IReadOnlyList<(string FileName, string Svg)> Draw(GrowthReport report) =>
        [.. Of(report).Select(p => (p.FileName, SvgPlot.Draw(p.Plot)))];

    internal static IEnumerable<(string FileName, Plot Plot)> Of(GrowthReport report)
    {
        yield return ("growth-cost.svg", ByViewers(report, "What a gigabit costs", CostLabel, idle: Server, (Server, "server", false), (Yardstick, "yardstick", true)));
        yield return ("growth-memory.svg", ByViewers(report, "Memory of the server", "KiB for each connected viewer", idle: Memory, (Memory, "server", false)));
        yield return ("growth-join.svg", ByViewers(
            report, "Joining while all others watch", "milliseconds to the first picture", idle: JoinP95, (JoinP95, "p95", false), (JoinP50, "p50", true)));
        yield return ("growth-channels.svg", ByChannels(report));
    }

    private static Plot ByViewers(
        GrowthReport report, string title, string label, Func<FanoutReport, double?> idle, params (Func<FanoutReport, double?> Figure, string Name, bool IsDashed)[] figures)
    {
        List<GrowthPoint> points = [.. report.Points.Where(p => p.Figures.Channels == 1)];
        List<GrowthPoint> crowded = [.. points.Where(p => p.Idle > 0)];
        var beside = crowded.Select(p => p.Idle).Distinct().ToList();
        return new Plot
        {
            Title = $"{title}, 1 channel",
            XLabel = "viewers",
            YLabel = label,
            IsXLogarithmic = true,
            Series =
            [
                .. Series([.. points.Except(crowded)], p => p.Viewers, figures),
                .. beside.SelectMany(count => Series(
                    [.. crowded.Where(p => p.Idle == count)], p => p.Viewers, (idle, $"{figures[0].Name}, {count:#,0} idle beside", false))),
            ],
        };
    }

    /// <summary>With as many viewers as were measured with most numbers of channels.</summary>
    private static Plot ByChannels(GrowthReport report)
    {
        var points = report.Points
            .Where(p => p.Idle == 0)
            .GroupBy(p => p.Figures.Viewers)
            .OrderByDescending(g => g.Select(p => p.Figures.Channels).Distinct().Count())
            .ThenByDescending(g => g.Key)
            .FirstOrDefault();
        return new Plot
        {
            Title = $"What a gigabit costs{(points is null ? string.Empty : $", {points.Key:#,0} viewers")}",
            XLabel = "channels that viewers are spread over",
            YLabel = CostLabel,
            Series = Series([.. points ?? Enumerable.Empty<GrowthPoint>()], p => p.Channels, (Server, "server", false), (Yardstick, "yardstick", true)),
        };
    }

    private static List<PlotSeries> Series(
        List<GrowthPoint> points, Func<FanoutReport, double> x, params (Func<FanoutReport, double?> Figure, string Name, bool IsDashed)[] figures) =>
    [
        .. from edge in points.Select(p => p.Figures.Edge).Distinct(StringComparer.Ordinal)
           from figure in figures
           let places = from p in points
                        where p.Figures.Edge == edge && figure.Figure(p.Figures) is not null
                        select new PlotPoint(x(p.Figures), figure.Figure(p.Figures)!.Value)
           where places.Any()
           select new PlotSeries
           {
               Name = $"{edge}: {figure.Name}",
               Points = [.. places],
               Color = edge is "live" ? 1 : 0,
               IsDashed = figure.IsDashed,
           },
    ];

    private static double? Server(FanoutReport report) => report.Server.CpuSecondsPerGigabit;

    private static double? Yardstick(FanoutReport report) => report.Yardstick?.CpuSecondsPerGigabit;

    private static double? Memory(FanoutReport report) => report.MemoryPerViewerKiB;

    private static double? JoinP50(FanoutReport report) => report.JoinP50Ms;

    private static double? JoinP95(FanoutReport report) => report.JoinP95Ms;
}

using System.Globalization;
using KnSock.Fanout;
using KnSock.Fanout.Growth;

namespace KnSock.Cli.Output;

/// <summary>The figures of <c>knsock bench growth</c> for people.</summary>
internal static class GrowthTable
{
    private static readonly string[] Headings =
    [
        "viewers", "idle", "channels", "edge", "CPU s/Gbit", "yardstick", "ratio", "KiB/viewer", "spread p95, ms", "least buffer, ms", "stalls", "join p50, ms", "join p95, ms",
    ];

    /// <summary>Writes them.</summary>
    public static void Write(Terminal terminal, GrowthReport report)
    {
        TextTable.Write(terminal, Headings, [.. report.Points.Select(Row)], wrapped: Headings[8..]);
        foreach (var point in report.Points)
        {
            foreach (var doubt in FanoutTable.Doubts(point.Figures))
            {
                terminal.Complain($"{point.Describe()}: {doubt}");
            }
        }
    }

    private static string[] Row(GrowthPoint point)
    {
        var (figures, server) = (point.Figures, point.Figures.Server);
        return
        [
            Number(figures.Viewers, "0"),
            Number(point.Idle, "0"),
            Number(figures.Channels, "0"),
            Printable.Escape(figures.Edge),
            Number(server.CpuSecondsPerGigabit, "0.0000"),
            Number(figures.Yardstick?.CpuSecondsPerGigabit, "0.0000"),
            Number(figures.Ratio, "0.00"),
            Number(figures.MemoryPerViewerKiB, "0.0"),
            Number(server.SpreadP95Ms, "0.0"),
            Number(server.LeastBufferMs, "0"),
            Number(server.Stalls, "0"),
            Number(figures.JoinP50Ms, "0.0"),
            Number(figures.JoinP95Ms, "0.0"),
        ];
    }

    private static string Number(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "-";
}

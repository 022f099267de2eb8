using System.Globalization;
using KnSock.Shaped.Results;

namespace KnSock.Cli.Output;

/// <summary>The figures of <c>knsock bench shaped</c> for people.</summary>
internal static class ShapedTable
{
    /// <summary>Of a machine that is busier than this, figures may be its own and not the link's.</summary>
    private const double MostBusy = 0.6;

    private const string Unknown = "-";

    private static readonly string[] Headings = ["trace", "setting", "link kbit/s", "viewer", "stalled", "stalls a minute", "kbit/s", "switches a minute", "latency p95", "start-up", "cores", "dropped"];

    /// <summary>Writes them.</summary>
    public static void Write(Terminal terminal, ShapedReport report)
    {
        List<string[]> rows = [.. report.Runs.Concat(report.All).SelectMany(Rows)];
        TextTable.Write(terminal, Headings, rows, wrapped: ["trace"]);
        foreach (var doubt in Doubts(report))
        {
            terminal.Complain(Printable.Escape(doubt));
        }
    }

    /// <summary>Why figures are not what they seem, or are not there.</summary>
    public static IEnumerable<string> Doubts(ShapedReport report)
    {
        foreach (var run in report.Runs)
        {
            foreach (var failure in run.Failures)
            {
                yield return $"{run.Trace}, {Setting(run)}: {failure}";
            }

            if (run.MachineBusy > MostBusy)
            {
                yield return $"{run.Trace}, {Setting(run)}: the machine was {Number(run.MachineBusy * 100, "0")} % busy; its figures may be the machine's and not the link's";
            }
        }
    }

    private static IEnumerable<string[]> Rows(ShapedRun run)
    {
        yield return Row(run, "simulated", run.Simulated);
        if (run.KnSock is { } ours)
        {
            yield return Row(run, "knsock", ours);
        }

        if (run.HlsJs is { } theirs)
        {
            yield return Row(run, "hls.js", theirs);
        }
    }

    private static string[] Row(ShapedRun run, string viewer, ViewerFigures figures) =>
    [
        Printable.Escape(run.Trace),
        Setting(run),
        Number(run.CapacityKbps, "0"),
        viewer,
        $"{Number(figures.StallRatio * 100, "0.0")} %",
        Number(figures.StallsPerMin, "0.0"),
        Number(figures.Kbps, "0"),
        Number(figures.SwitchesPerMin, "0.0"),
        figures.LatencyP95Ms is { } latency ? $"{Number(latency / 1000, "0.0")} s" : Unknown,
        figures.StartUpMs is { } start ? $"{Number(start, "0")} ms" : Unknown,
        Number(figures.Cores, "0.00"),
        figures.Dropped is { } dropped ? $"{Number(dropped * 100, "0.0")} %" : Unknown,
    ];

    private static string Setting(ShapedRun run) => $"{run.Regime} {Number(run.DelayMs / 1000, "0.###")} s";

    private static string Number(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? Unknown;
}

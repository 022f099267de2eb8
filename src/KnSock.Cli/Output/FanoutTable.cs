using System.Globalization;
using KnSock.Fanout;

namespace KnSock.Cli.Output;

/// <summary>The figures of <c>knsock bench fanout</c> for people.</summary>
internal static class FanoutTable
{
    private const string Unknown = "-";

    /// <summary>Writes them.</summary>
    public static void Write(Terminal terminal, FanoutReport report)
    {
        List<string[]> rows = [.. Sides(report), .. OfServer(report), .. Groups(report)];
        TextTable.Write(terminal, ["figure", "server", "yardstick"], rows, wrapped: ["figure"]);
        foreach (var doubt in Doubts(report))
        {
            terminal.Complain(doubt);
        }
    }

    /// <summary>Why figures are not what they seem.</summary>
    public static IEnumerable<string> Doubts(FanoutReport report)
    {
        if (report.Edge is "live" && report.GrantedSeconds is > 0)
        {
            yield return $"the server sends {Number(report.GrantedSeconds, "0.#")} s ahead; delays at the live edge cannot be measured";
        }

        if (report.FirstFault is { } fault)
        {
            yield return $"{report.Faults} viewers were cut off, the first one because: {fault}";
        }
    }

    private static IEnumerable<string[]> Sides(FanoutReport report)
    {
        string[] Row(string name, Func<FanoutSide, double?> figure, string format) =>
            [name, Number(figure(report.Server), format), report.Yardstick is { } y ? Number(figure(y), format) : Unknown];

        yield return Row("CPU seconds per gigabit", s => s.CpuSecondsPerGigabit, "0.0000");
        yield return ["ratio to the yardstick", Number(report.Ratio, "0.00"), Unknown];
        yield return Row("delivered, Gbit/s", s => s.GigabitsPerSecond, "0.000");
        yield return Row("delivered to each viewer, Mbit/s", s => s.MegabitsPerSecondPerViewer, "0.00");
        yield return Row("least delivered, share of real time", s => s.LeastDelivered, "0.000");
        yield return Row("spread p50, ms", s => s.SpreadP50Ms, "0.0");
        yield return Row("spread p95, ms", s => s.SpreadP95Ms, "0.0");
        yield return Row("spread p99, ms", s => s.SpreadP99Ms, "0.0");
        yield return Row("later than 100 ms, share of units", s => s.LateShare, "0.00000");
        yield return Row("stalls", s => s.Stalls, "0");
        yield return Row("viewers below target at a time", s => s.ViewersBelowTarget, "0");
        yield return Row("least buffer, ms", s => s.LeastBufferMs, "0");
        yield return Row("context switches a second", s => s.ContextSwitchesPerSecond, "0");
    }

    private static IEnumerable<string[]> OfServer(FanoutReport report)
    {
        yield return ["join p50 / p95, all running, ms", $"{Number(report.JoinP50Ms, "0.0")} / {Number(report.JoinP95Ms, "0.0")}", Unknown];
        yield return ["join p50 / p95, as they came, ms", $"{Number(report.RampJoinP50Ms, "0.0")} / {Number(report.RampJoinP95Ms, "0.0")}", Unknown];
        yield return ["allocated, bytes a second and viewer", Number(report.AllocatedBytes / report.Seconds / report.Viewers, "0.0"), Unknown];
        yield return ["collections", Number(report.Collections, "0"), Unknown];
        yield return ["memory per viewer, KiB", Number(report.MemoryPerViewerKiB, "0.0"), Unknown];
        yield return ["memory before, at start, at end, MiB", $"{report.MemoryBeforeKiB / 1024} / {report.MemoryKiB[0] / 1024} / {report.MemoryKiB[^1] / 1024}", Unknown];
        yield return ["rungs", string.Join(", ", report.Renditions.Select(r => $"{Printable.Escape(r.Key)}: {r.Value}")), Unknown];
        yield return ["cores taken by the viewers", Number(report.LoadCores, "0.00"), Unknown];
    }

    private static IEnumerable<string[]> Groups(FanoutReport report) =>
        from g in ((string Name, FanoutGroup? Group)[])[("slow", report.Slow), ("stuck", report.Stuck), ("idle", report.Idle), ("churn", report.Churn)]
        where g.Group is not null
        select (string[])
        [
            $"{g.Name} viewers, served / all", $"{g.Group.Served} / {g.Group.Viewers}; {Number(g.Group.MegabitsPerSecondPerViewer, "0.00")} Mbit/s, {g.Group.Stalls} stalls", Unknown,
        ];

    private static string Number(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? Unknown;
}

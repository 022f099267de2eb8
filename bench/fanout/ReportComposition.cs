using KnSock.Fanout.Load;

namespace KnSock.Fanout;

/// <summary>From what was measured to what is told.</summary>
internal static class ReportComposition
{
    private const int LateMs = 100;

    /// <summary>The report.</summary>
    public static FanoutReport Of(FanoutOptions options, IReadOnlyList<(SideResult Server, SideResult? Yardstick)> rounds, long memoryBefore)
    {
        List<SideResult> servers = [.. rounds.Select(r => r.Server)];
        List<SideResult> yardsticks = [.. rounds.Select(r => r.Yardstick).OfType<SideResult>()];
        var first = servers[0];
        // With read-ahead units come long before they are due, in batches as large as the server likes: their delay says nothing.
        var atEdge = options.Edge == FanoutEdge.Live && first.GrantedSeconds is 0;
        List<double> probes = [.. servers.SelectMany(s => s.ProbeJoinMs).Order()];
        List<double> ramp = [.. servers.SelectMany(s => s.Steady.JoinMs).Order()];
        List<string> faults = [.. servers.Concat(yardsticks).SelectMany(s => s.Steady.Faults.Concat(s.ProbeFaults))];
        var watching = first.Groups.Values.Sum(g => g.Viewers) - first.Groups[ViewerRole.Churn].Viewers + (options.Churn * 2);
        return new FanoutReport
        {
            Viewers = options.Viewers,
            Seconds = options.Duration.TotalSeconds,
            Channels = options.Channels,
            Transport = options.Transport == FanoutTransport.WebSocket ? "websocket" : "tcp",
            Edge = options.Edge == FanoutEdge.Live ? "live" : "readahead",
            GrantedSeconds = first.GrantedSeconds,
            Cores = Environment.ProcessorCount,
            Server = Side(servers, atEdge, hasPlayout: true),
            Yardstick = yardsticks.Count == 0 ? null : Side(yardsticks, hasSpread: true, hasPlayout: false),
            YardstickBatchMs = yardsticks.Count == 0 ? null : options.EffectiveBatch.TotalMilliseconds,
            Ratio = Percentile([.. rounds.Select(r => RatioOf(r.Server, r.Yardstick)).OfType<double>().Order()], 0.5),
            Renditions = servers[^1].Steady.Renditions.ToDictionary(r => NameOf(servers[^1], r.Key), r => r.Value, StringComparer.Ordinal),
            MemoryBeforeKiB = memoryBefore,
            MemoryKiB = first.ResidentKiB,
            MemoryPerViewerKiB = (first.ResidentKiB[^1] - memoryBefore) / (double)watching,
            Collections = first.Collections,
            AllocatedBytes = first.AllocatedBytes,
            JoinP50Ms = Percentile(probes, 0.5),
            JoinP95Ms = Percentile(probes, 0.95),
            RampJoinP50Ms = Percentile(ramp, 0.5),
            RampJoinP95Ms = Percentile(ramp, 0.95),
            LoadCores = Median(servers.Select(s => s.LoadCpuSeconds / s.Seconds)),
            Faults = faults.Count,
            FirstFault = faults.Count == 0 ? null : faults[0],
            Slow = Group(servers, ViewerRole.Slow),
            Stuck = Group(servers, ViewerRole.Stuck),
            Idle = Group(servers, ViewerRole.Idle),
            Churn = Group(servers, ViewerRole.Churn),
            Rounds = [.. rounds.Select(r => Round(r.Server, r.Yardstick, atEdge))],
        };
    }

    private static FanoutSide Side(List<SideResult> rounds, bool hasSpread, bool hasPlayout)
    {
        var spread = new SpreadHistogram();
        rounds.ForEach(r => spread.Merge(r.Steady.Spread));
        var late = spread.CountFrom(LateMs);
        return new FanoutSide
        {
            CpuSecondsPerGigabit = Median(rounds.Select(r => r.CpuSecondsPerGigabit)),
            GigabitsPerSecond = Median(rounds.Select(r => r.Gigabits / r.Seconds)),
            MegabitsPerSecondPerViewer = Median(rounds.Select(r => MegabitsOf(r.Steady, r.Seconds))),
            LeastDelivered = rounds.Min(r => (r.Steady.LeastAdvancedMs ?? 0) / 1000 / r.Seconds),
            Units = rounds.Sum(r => r.Steady.Units),
            SpreadP50Ms = hasSpread ? spread.Percentile(0.5) : null,
            SpreadP95Ms = hasSpread ? spread.Percentile(0.95) : null,
            SpreadP99Ms = hasSpread ? spread.Percentile(0.99) : null,
            LateUnits = hasSpread ? late : null,
            LateShare = hasSpread && spread.Count > 0 ? late / (double)spread.Count : null,
            Stalls = hasPlayout ? rounds.Sum(r => r.Steady.Stalls) : null,
            ViewersBelowTarget = hasPlayout && !hasSpread ? rounds.Sum(r => r.Steady.BelowTarget) : null,
            LeastBufferMs = hasPlayout ? rounds.Min(r => r.Steady.LeastBufferMs) : null,
            Skips = rounds.Sum(r => r.Steady.Skips),
            ContextSwitchesPerSecond = Median(rounds.Select(r => r.ContextSwitches / r.Seconds)),
        };
    }

    private static FanoutGroup? Group(List<SideResult> rounds, ViewerRole role)
    {
        List<GroupFigures> groups = [.. rounds.Select(r => r.Groups[role])];
        if (groups.TrueForAll(g => g.Viewers == 0))
        {
            return null;
        }

        return new FanoutGroup
        {
            Viewers = groups.Sum(g => g.Viewers),
            Served = groups.Sum(g => g.Running),
            MegabitsPerSecondPerViewer = Median(rounds.Select(r => MegabitsOf(r.Groups[role], r.Seconds))),
            Stalls = groups.Sum(g => g.Stalls),
            Skips = groups.Sum(g => g.Skips),
            JoinP95Ms = Percentile([.. groups.SelectMany(g => g.JoinMs).Order()], 0.95),
            FirstFault = groups.SelectMany(g => g.Faults).FirstOrDefault(),
        };
    }

    private static FanoutRound Round(SideResult server, SideResult? yardstick, bool atEdge) => new(
        server.CpuSecondsPerGigabit,
        yardstick?.CpuSecondsPerGigabit,
        RatioOf(server, yardstick),
        atEdge ? server.Steady.Spread.Percentile(0.95) : null,
        yardstick?.Steady.Spread.Percentile(0.95));

    private static double? RatioOf(SideResult server, SideResult? yardstick) =>
        yardstick is { CpuSecondsPerGigabit: > 0 } ? server.CpuSecondsPerGigabit / yardstick.CpuSecondsPerGigabit : null;

    private static double MegabitsOf(GroupFigures group, double seconds) => group.Viewers == 0 ? 0 : group.Bytes * 8 / 1e6 / seconds / group.Viewers;

    private static string NameOf(SideResult server, int rendition) =>
        rendition >= 0 && rendition < server.RenditionNames.Count ? server.RenditionNames[rendition] : $"rung {rendition}";

    private static double Median(IEnumerable<double> values) => Percentile([.. values.Order()], 0.5) ?? 0;

    private static double? Percentile(List<double> sorted, double share)
    {
        if (sorted.Count == 0)
        {
            return null;
        }

        var place = share * (sorted.Count - 1);
        var below = (int)place;
        var above = Math.Min(below + 1, sorted.Count - 1);
        return sorted[below] + ((sorted[above] - sorted[below]) * (place - below));
    }
}

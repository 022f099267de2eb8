using KnSock.Fanout.Growth;

namespace KnSock.Fanout.Tests;

/// <summary>Made-up reports.</summary>
internal static class Figures
{
    public static GrowthPoint At(int viewers, int channels = 1, int idle = 0, string edge = "readahead", bool hasYardstick = true)
    {
        var cost = (edge is "live" ? 0.11 : 0.024) + (viewers * 0.00001) + (channels * 0.0005);
        return new GrowthPoint { Idle = idle, Figures = Report(viewers, channels, edge, cost, hasYardstick) };
    }

    /// <summary>What a whole run gives.</summary>
    public static GrowthReport Run()
    {
        int[] viewers = [100, 200, 500, 1000, 2000];
        int[] channels = [2, 5, 10, 20];
        string[] edges = ["readahead", "live"];
        return new GrowthReport
        {
            Points =
            [
                .. viewers.SelectMany(v => edges.Select(e => At(v, edge: e))),
                .. channels.SelectMany(c => edges.Select(e => At(500, c, edge: e))),
                .. edges.Select(e => At(1000, idle: 5000, edge: e)),
            ],
            Failures = [new GrowthFailure("5000 viewers, 1 channel, live", "too many for this machine")],
        };
    }

    private static FanoutReport Report(int viewers, int channels, string edge, double cost, bool hasYardstick) => new()
    {
        Viewers = viewers,
        Seconds = 8,
        Channels = channels,
        Transport = "tcp",
        Edge = edge,
        GrantedSeconds = edge is "live" ? 0 : 8,
        Cores = 2,
        Server = Side(cost, edge is "live"),
        Yardstick = hasYardstick ? Side(cost * 0.9, edge is "live") : null,
        YardstickBatchMs = hasYardstick ? 33 : null,
        Ratio = hasYardstick ? 1 / 0.9 : null,
        Renditions = new Dictionary<string, int>(StringComparer.Ordinal) { ["720p"] = viewers },
        MemoryBeforeKiB = 90_000,
        MemoryKiB = [90_000, 90_000 + (viewers * 12)],
        MemoryPerViewerKiB = 12 + (1000.0 / viewers),
        Collections = null,
        AllocatedBytes = null,
        JoinP50Ms = 3 + (viewers / 250.0),
        JoinP95Ms = 6 + (viewers / 90.0),
        RampJoinP50Ms = 4,
        RampJoinP95Ms = 9,
        LoadCores = 0.5,
        Faults = 0,
        FirstFault = null,
        Slow = null,
        Stuck = null,
        Idle = null,
        Churn = null,
        Rounds = [new FanoutRound(cost, cost * 0.9, 1 / 0.9, null, null)],
    };

    private static FanoutSide Side(double cost, bool isLive) => new()
    {
        CpuSecondsPerGigabit = cost,
        GigabitsPerSecond = 2.6,
        MegabitsPerSecondPerViewer = 2.6,
        LeastDelivered = 1,
        Units = 1000,
        SpreadP50Ms = isLive ? 12 : null,
        SpreadP95Ms = isLive ? 33 : null,
        SpreadP99Ms = isLive ? 40 : null,
        LateUnits = isLive ? 0 : null,
        LateShare = isLive ? 0 : null,
        Stalls = 0,
        ViewersBelowTarget = isLive ? null : 0,
        LeastBufferMs = 7000,
        Skips = 0,
        ContextSwitchesPerSecond = 100,
    };
}

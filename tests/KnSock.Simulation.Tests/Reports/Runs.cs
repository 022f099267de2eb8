using KnSock.Simulation.Reports;
using KnSock.Simulation.Results;

namespace KnSock.Simulation.Tests.Reports;

/// <summary>Runs that never were.</summary>
internal static class Runs
{
    public static readonly Setting Live = new(Regime.Live, TimeSpan.FromMilliseconds(500));
    public static readonly Setting ReadAhead = new(Regime.ReadAhead, TimeSpan.FromSeconds(8));
    public static readonly double[] RungKbps = [300, 600, 1200, 2400];
    public static readonly Quality Quality = new(RungKbps);

    /// <summary>100 s of which so much was stalled; the quality is the utility less ln(8) x the stalled share.</summary>
    public static RunResult Run(string policy, string trace, double utility, double stalledSeconds = 0, Setting? setting = null) => new()
    {
        Trace = trace,
        Network = trace.Split('_')[0],
        Setting = setting ?? Live,
        Policy = policy,
        Outcome = new Outcome
        {
            WatchedSeconds = 100,
            MeanUtility = utility,
            MeanKbps = 300 * Math.Exp(utility),
            StalledSeconds = stalledSeconds,
            Stalls = stalledSeconds > 0 ? 5 : 0,
            UtilityChange = 0,
            Switches = 10,
            LatencyP50Ms = 510,
            LatencyP95Ms = 620,
            StartUpMs = 340,
            ProbeShare = 0.0125,
        },
    };

    /// <summary>The same in parts of 25 s of such utilities, without stalls.</summary>
    public static RunResult WithParts(RunResult run, params double[] utilities) =>
        run with { Blocks = [.. utilities.Select(u => new Block(25, 100, u * 100, 0, 0))] };

    public static SimulationReport Report(params RunResult[] runs) => SimulationReport.From(runs, Quality, RungKbps);

    /// <summary>Two traces of one kind and one of another, with what is expected of them in the golden texts.</summary>
    public static SimulationReport Small() => Report(
        Run("bba", "3g_a", 0.5, stalledSeconds: 4), Run("bba", "3g_b", 0.75), Run("bba", "wifi_a", 1.5),
        Run("knsock", "3g_a", 0.75), Run("knsock", "3g_b", 1), Run("knsock", "wifi_a", 1.25),
        Run("optimum", "3g_a", 1), Run("optimum", "3g_b", 1.25), Run("optimum", "wifi_a", 1.75));

    /// <summary>The same runs with moments to draw: an outage, a stall within it, and all rungs.</summary>
    public static RunResult WithMoments(RunResult run) => run with
    {
        Moments =
        [
            .. Enumerable.Range(0, 40).Select(i => new Moment(
                i * 0.5, CapacityKbps: i is >= 10 and < 16 ? 0 : 1000 + (i * 100), BufferSeconds: i is >= 12 and < 18 ? 0 : 0.4,
                Rung: i < 2 ? null : i / 10, LatencyMs: i < 2 ? null : 500 + i, IsStalled: i is >= 12 and < 18)),
        ],
    };
}

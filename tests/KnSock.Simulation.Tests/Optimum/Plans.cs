using KnSock.Simulation.Optimum;
using KnSock.Simulation.Results;

namespace KnSock.Simulation.Tests.Optimum;

/// <summary>Plans to be made.</summary>
internal static class Plans
{
    public static readonly double[] Kbps = [300, 700, 1400, 2800];

    public static Setting Ahead(double seconds = 8) => new(Regime.ReadAhead, TimeSpan.FromSeconds(seconds));

    public static Setting Live(double seconds) => new(Regime.Live, TimeSpan.FromSeconds(seconds));

    /// <summary>GOPs of a second, drawn by lot around the rungs' rates.</summary>
    public static PlanSetup Random(Random random, Setting setting, double seconds, int rungs = 4, double meanKbps = 1200)
    {
        double[] kbps = [.. Kbps.Take(rungs)];
        var outages = random.Next(2) == 0;
        double[] capacity = [.. Enumerable.Range(0, (int)seconds + 1).Select(i => outages && i > 0 && random.Next(5) == 0 ? 0 : meanKbps * (0.3 + (1.6 * random.NextDouble())))];
        return new PlanSetup
        {
            Capacity = new Capacity(capacity, 1),
            Bytes = [.. Enumerable.Range(0, 7).Select(_ => (long[])[.. kbps.Select(k => k * 1000 / 8 * (0.7 + (0.6 * random.NextDouble()))).Order().Select(b => (long)b)])],
            Durations = [1, 1, 1, 1, 1, 1, 1],
            PictureKbps = kbps,
            Setting = setting,
            Seconds = seconds,
            FirstRung = random.Next(rungs),
            JoinSeconds = 0.1,
            StallFactor = new[] { 1.0, 1, 2, 4 }[random.Next(4)],
            FramesPerGop = 10,
        };
    }

    public static double Value(PlanSetup setup, Outcome outcome) => new Quality(setup.PictureKbps).Of(outcome, setup.StallFactor);

    /// <summary>All sequences of rungs that begin with the first rung.</summary>
    public static IEnumerable<int[]> Sequences(PlanSetup setup, int length) => length <= 1
        ? [[setup.FirstRung!.Value]]
        : Sequences(setup, length - 1).SelectMany(s => Enumerable.Range(0, setup.PictureKbps.Count).Select(r => (int[])[.. s, r]));
}

using KnSock.Simulation.Media;
using KnSock.Simulation.Policies;
using KnSock.Simulation.Results;
using KnSock.Simulation.Running;
using KnSock.Simulation.Traces;

namespace KnSock.Simulation.Tests.Running;

/// <summary>
/// What the product makes of feedback that lies, stops, floods or comes late. The client plays as any other does, and has room for no more than it should be sent: a run fails if it is
/// sent more.
/// </summary>
public sealed class FaultyFeedbackTests(ITestOutputHelper output)
{
    private static readonly SimulatedChannel Channel = new(MediaSizesFile.Default);
    private static readonly Setting ReadAhead = Setting.All[^1];
    private static readonly Setting HalfASecond = new(Regime.Live, TimeSpan.FromMilliseconds(500));

    private static readonly Lazy<(double StalledSeconds, double Kbps)> Honest = new(static () => Means("none"));

    public static TheoryData<string> Names => [.. Faults.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void With_read_ahead_it_plays_about_as_well_as_an_honest_one(string fault)
    {
        for (var seed = 0; seed < 2; seed++)
        {
            var (honest, faulty) = (Run("none", ReadAhead, seed), Run(fault, ReadAhead, seed));
            var said = $"{fault}, seed {seed}: stalled {honest.Outcome.StalledSeconds:0.0} and {faulty.Outcome.StalledSeconds:0.0} s, {honest.Outcome.MeanKbps:0} and {faulty.Outcome.MeanKbps:0} kbit/s";
            output.WriteLine(said);
            // A client whose reports come 2 s late has 2 s less to spare than it seems to have, and up to half a batch is not asked for yet.
            Assert.True(faulty.Outcome.StalledSeconds <= honest.Outcome.StalledSeconds + 3, said);
            Assert.True(faulty.Outcome.MeanKbps > honest.Outcome.MeanKbps * 0.93 && faulty.Outcome.MeanKbps < honest.Outcome.MeanKbps * 1.07, said);
            Assert.All(faulty.Moments, m => Assert.InRange(m.BufferSeconds, 0, 8 + 1));
        }
    }

    /// <summary>
    /// Seconds of slack are not to be had here, so a wrong idea of it costs more; who says that it is always stalled is sent less. One run has more luck than another, so some are taken together.
    /// </summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void At_the_live_edge_it_plays_nearly_as_well_as_an_honest_one(string fault)
    {
        var (honest, faulty) = (Honest.Value, Means(fault));
        var said = $"{fault}: stalled {honest.StalledSeconds:0.0} and {faulty.StalledSeconds:0.0} s, {honest.Kbps:0} and {faulty.Kbps:0} kbit/s";
        output.WriteLine(said);
        Assert.True(faulty.StalledSeconds <= honest.StalledSeconds + 3, said);
        Assert.True(faulty.Kbps > honest.Kbps * 0.65 && faulty.Kbps < honest.Kbps * 1.2, said);
    }

    private static (double StalledSeconds, double Kbps) Means(string fault)
    {
        RunResult[] runs = [.. Enumerable.Range(0, 4).Select(seed => Run(fault, HalfASecond, seed))];
        return (runs.Average(r => r.Outcome.StalledSeconds), runs.Average(r => r.Outcome.MeanKbps));
    }

    private static RunResult Run(string fault, Setting setting, int seed) => SimulatedRun.Run(
        Channel,
        SyntheticTraces.RandomWalk(3000, 120, seed),
        setting,
        Policy.Named(Policy.Own),
        new RunOptions { Seed = seed, Fault = Faults.Of(fault), KeepsMoments = true });
}

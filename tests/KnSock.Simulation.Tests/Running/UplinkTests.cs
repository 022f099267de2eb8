using KnSock.Simulation.Media;
using KnSock.Simulation.Policies;
using KnSock.Simulation.Results;
using KnSock.Simulation.Running;
using KnSock.Simulation.Tests.Media;
using KnSock.Simulation.Traces;

namespace KnSock.Simulation.Tests.Running;

/// <summary>Viewers whose link carries more than enough, and a server whose uplink has a limit.</summary>
public sealed class UplinkTests
{
    private const int Seconds = 90;

    private static readonly SimulatedChannel Channel = new(MediaSizesFile.Default);
    private static readonly SimulatedChannel Even = new(EvenMedia.Create(seconds: 30));

    public static TheoryData<bool, int, int, int> Servers =>
    [
        .. from isEven in (bool[])[true, false]
           from setting in Enumerable.Range(0, Setting.All.Count)
           from server in ((int Viewers, int Limit)[])[(6, 6_000_000), (6, 20_000_000), (12, 9_000_000)]
           select (isEven, setting, server.Viewers, server.Limit),
    ];

    [Theory]
    [MemberData(nameof(Servers))]
    public void All_together_keep_within_it_and_all_have_the_same(bool isEven, int setting, int viewers, int limit)
    {
        var bits = new double[Seconds + 1];
        var start = default(TimeSpan?);
        var options = new RunOptions
        {
            MaxUplink = limit,
            KeepsMoments = true,
            Sent = (at, bytes) => bits[(int)(at - (start ??= at)).TotalSeconds] += bytes * 8.0,
        };

        var results = SimulatedRun.RunShared(isEven ? Even : Channel, SyntheticTraces.Steady(400_000, Seconds), Setting.All[setting], Policy.Named(Policy.Own), options, viewers);

        // But for the moment at which all come at once. What a rung's rate is for is its mean: media that is not even may be above it for a while, with all viewers at the same place.
        AssertWithin(bits, 5, limit * (isEven ? 1 : 1.2));
        AssertWithin(bits, 20, limit * (isEven ? 1 : 1.06));
        Assert.True(bits[20..^2].Average() > 0.45 * limit, $"only {bits[20..^2].Average() / 1e6:0.00} Mbit/s");
        Assert.All(results, r => Assert.True(r.Outcome.StalledSeconds < 1.5, r.Outcome.ToString()));
        var rungs = results.SelectMany(r => r.Moments.Where(m => m.Seconds > 20 && m.Rung is not null).Select(m => m.Rung!.Value)).ToArray();
        Assert.InRange(rungs.Max() - rungs.Min(), 0, 1);
        Assert.All(results, r => Assert.InRange(r.Outcome.Switches, 0, 6));
    }

    [Fact]
    public void One_too_small_for_all_leaves_everybody_at_the_lowest_rung()
    {
        var options = new RunOptions { MaxUplink = 500_000, KeepsMoments = true };

        var results = SimulatedRun.RunShared(Channel, SyntheticTraces.Steady(100_000, 30), Setting.All[0], Policy.Named(Policy.Own), options, viewers: 4);

        Assert.All(results, r => Assert.Contains(r.Moments, m => m.Rung == 0));
        Assert.All(results.SelectMany(r => r.Moments), m => Assert.True(m.Rung is null or 0));
    }

    private static void AssertWithin(double[] bits, int seconds, double limit)
    {
        for (var from = 2; from + seconds < Seconds; from++)
        {
            var mean = bits[from..(from + seconds)].Average();
            Assert.True(mean <= limit, $"{mean / 1e6:0.00} Mbit/s for {seconds} s from second {from} on");
        }
    }
}

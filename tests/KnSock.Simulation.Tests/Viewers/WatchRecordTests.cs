using KnSock.Media;
using KnSock.Simulation.Results;
using KnSock.Simulation.Viewers;

namespace KnSock.Simulation.Tests.Viewers;

public class WatchRecordTests
{
    private static readonly double[] Kbps = [100, 800];
    private static readonly Quality Worth = new(Kbps);

    private readonly WatchRecord _record = new(Worth, 2, TimeSpan.FromSeconds(10)) { Frame = TimeSpan.FromMilliseconds(40) };

    [Fact]
    public void Counts_what_exceeds_a_frame_where_the_picture_stands_still()
    {
        Show(10.5, 0.08, 0.04, 0.3, 0.04);
        var outcome = _record.OutcomeAt(Kbps, 0, TimeSpan.FromSeconds(11.96));
        Assert.Equal((2, 0.26 + 0.96), (outcome.Stalls, Math.Round(outcome.StalledSeconds, 6)));
        Assert.Equal((500, 1.46), (outcome.StartUpMs, Math.Round(outcome.WatchedSeconds, 6)));
    }

    [Fact]
    public void Counts_changes_of_rung_by_what_they_change()
    {
        foreach (var (rung, i) in new[] { 0, 0, 1, 0 }.Select((rung, i) => (rung, i)))
        {
            _record.OnShown(TimeSpan.FromSeconds(11 + (i * 0.04)), Timestamp.FromSeconds(10 + (i * 0.04)), rung);
        }

        var outcome = _record.OutcomeAt(Kbps, 0.25, TimeSpan.FromSeconds(11.16));
        Assert.Equal((2, 2 * Math.Log(8), Math.Log(8) / 4, 275, 0.25), (outcome.Switches, outcome.UtilityChange, outcome.MeanUtility, outcome.MeanKbps, outcome.ProbeShare));
        Assert.Equal((1000, 1000), (Math.Round(outcome.LatencyP50Ms), Math.Round(outcome.LatencyP95Ms)));
    }

    [Fact]
    public void Who_never_saw_a_picture_was_stalled_all_the_time()
    {
        var outcome = _record.OutcomeAt(Kbps, 0, TimeSpan.FromSeconds(30));
        Assert.Equal((20, 20, 1, 20_000), (outcome.WatchedSeconds, outcome.StalledSeconds, outcome.Stalls, outcome.StartUpMs));
        Assert.Equal(-Worth.StallWeight, Worth.Of(outcome), 9);
    }

    /// <summary>A part is 15 s from joining on; the stall here is in two of them.</summary>
    [Fact]
    public void The_parts_come_to_the_whole()
    {
        for (var i = 0; i < 1000; i++)
        {
            var at = 10.6 + (i * 0.04) + (i < 350 ? 0 : 4);
            _record.OnShown(TimeSpan.FromSeconds(at), Timestamp.FromSeconds(at), i / 100 % 2);
        }

        var outcome = _record.OutcomeAt(Kbps, 0, TimeSpan.FromSeconds(55));
        var blocks = _record.Blocks(TimeSpan.FromSeconds(55));

        Assert.Equal([14.4, 15, 15], blocks.Select(b => Math.Round(b.Watched, 6)));
        Assert.Equal([0.4, 3.6, 0.4], blocks.Select(b => Math.Round(b.Stalled, 6)));
        Assert.Equal(1000, blocks.Sum(b => b.Pictures));
        Assert.Equal(9 * Math.Log(8), blocks.Sum(b => b.UtilityChange), 9);
        Assert.Equal(Worth.Of(outcome, 2), Worth.Of(blocks.Aggregate((a, b) => a + b), 2), 9);
    }

    private void Show(double first, params double[] intervals)
    {
        var at = first;
        _record.OnShown(TimeSpan.FromSeconds(at), Timestamp.FromSeconds(at), 0);
        foreach (var interval in intervals)
        {
            at += interval;
            _record.OnShown(TimeSpan.FromSeconds(at), Timestamp.FromSeconds(at), 0);
        }
    }
}

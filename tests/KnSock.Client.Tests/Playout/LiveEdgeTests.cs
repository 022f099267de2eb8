using KnSock.Protocol.Messages;

namespace KnSock.Client.Tests.Playout;

/// <summary>Viewers without read-ahead, and gaps in both tracks at once, in virtual time.</summary>
public sealed class LiveEdgeTests
{
    private const double Frame = 1 / 30.0;

    private static readonly LiveStreamClientOptions AtEdge = new() { MaxBuffer = TimeSpan.Zero };

    [Fact]
    public void Without_read_ahead_the_latency_is_that_of_the_start()
    {
        using var viewer = new VirtualViewer(AtEdge);
        viewer.Run(8000);

        Assert.Equal((StartPoint.Live, 0.0), (viewer.Selects[0].From, viewer.Selects[0].MaxBufferSeconds));
        // The broadcast was half a second into a GOP.
        Assert.InRange(viewer.LiveEdge - viewer.Playback.Position!.Value.TotalSeconds, 0.45, 0.7);
        Assert.InRange(viewer.Feedback!.VideoBufferSeconds, 0.4, 0.8);
        Assert.True(Holes(viewer).Count == 0);
        AssertTogether(viewer, stalls: 0);
    }

    [Theory]
    [InlineData(1700, 200, 0)]
    [InlineData(3000, 200, 0)]
    [InlineData(3700, 200, 0.3)]
    [InlineData(9000, 200, 0)]
    [InlineData(5000, 1000, 0.3)]
    [InlineData(5000, 1000, 0)]
    public void After_a_loss_that_the_server_passes_over_playout_goes_on_at_the_edge(int blocked, int bufferMs, double soundLead)
    {
        using var viewer = new VirtualViewer(AtEdge with { VideoBufferMs = bufferMs, AudioBufferMs = bufferMs }) { SoundLead = soundLead };
        viewer.Run(4000);
        viewer.IsBlocked = true;
        viewer.Run(blocked);
        viewer.IsBlocked = false;
        var before = viewer.Shown.Count;
        viewer.Run(soundLead > 0 ? 2000 : 300 + bufferMs);
        Assert.True(viewer.Shown.Count > before, "nothing is shown");
        viewer.Run(6000);

        var (from, to) = Assert.Single(Holes(viewer));
        Assert.Equal(Math.Round(to), to, 1e-5);
        Assert.InRange(to - from, (blocked / 1000.0) - 1.5, (blocked / 1000.0) + 1);
        // Had playout waited for the gap to pass, it would be as far behind as the gap is long.
        Assert.InRange(viewer.LiveEdge - viewer.Playback.Position!.Value.TotalSeconds, 0.1, 1.3 + (bufferMs / 1000.0));
        AssertTogether(viewer, stalls: 1);
    }

    [Fact]
    public void Sound_with_a_connection_of_its_own_is_taken_along_to_the_edge()
    {
        using var viewer = new VirtualViewer(AtEdge);
        viewer.Run(4000);
        viewer.IsPictureBlocked = true;
        viewer.Run(3000);
        viewer.IsPictureBlocked = false;
        viewer.Run(5000);

        Assert.Single(Holes(viewer));
        Assert.InRange(viewer.LiveEdge - viewer.Playback.Position!.Value.TotalSeconds, 0.1, 1.3);
        AssertTogether(viewer, stalls: 1);
    }

    [Fact]
    public void What_lies_ready_is_played_before_the_gap_is_jumped_over()
    {
        using var viewer = new VirtualViewer(AtEdge with { VideoBufferMs = 2000, AudioBufferMs = 2000 });
        viewer.Run(6000);
        var latency = viewer.LiveEdge - viewer.Playback.Position!.Value.TotalSeconds;
        var sent = viewer.LiveEdge;
        viewer.IsBlocked = true;
        viewer.Run(1500);
        viewer.IsBlocked = false;
        viewer.Run(6000);

        var (from, to) = Assert.Single(Holes(viewer));
        Assert.InRange(from, sent - (3 * Frame), sent + Frame);
        Assert.InRange(viewer.LiveEdge - viewer.Playback.Position!.Value.TotalSeconds, 1.9, latency + 0.05);
        Assert.True(to > from);
        AssertTogether(viewer, stalls: 0);
    }

    [Fact]
    public void A_gap_shorter_than_a_second_comes_late_and_is_not_lost()
    {
        using var viewer = new VirtualViewer(AtEdge);
        viewer.Run(4000);
        viewer.IsBlocked = true;
        viewer.Run(900);
        viewer.IsBlocked = false;
        viewer.Run(4000);

        Assert.Empty(Holes(viewer));
        AssertTogether(viewer, stalls: 1);
    }

    [Fact]
    public void A_paused_viewer_goes_on_being_sent_to_and_resumes_near_the_edge()
    {
        using var viewer = new VirtualViewer(AtEdge);
        viewer.Run(3000);
        viewer.Playback.Paused = true;
        viewer.Run(30_000);
        Assert.InRange(viewer.Playback.Statistics.VideoBufferSeconds, 0, 5);
        viewer.Playback.Paused = false;
        viewer.Run(3000);

        Assert.InRange(viewer.LiveEdge - viewer.Playback.Position!.Value.TotalSeconds, 0.1, 5);
        Assert.InRange(Holes(viewer).Count, 1, 2);
        AssertTogether(viewer, stalls: 0);
    }

    [Theory]
    [InlineData(6, 6.7)]
    [InlineData(6.2, 6.35)]
    [InlineData(6.2, 8.9)]
    [InlineData(7.95, 8.4)]
    public void With_read_ahead_damage_to_both_tracks_costs_what_it_hits(double from, double to)
    {
        using var viewer = new VirtualViewer(new LiveStreamClientOptions { FromBeginning = true }) { Damaged = (from, to) };
        viewer.Run(12_000);

        var hole = Assert.Single(Holes(viewer));
        Assert.Equal(from, hole.From, 2 * Frame);
        Assert.Equal(Math.Ceiling(to), hole.To, 1e-5);
        // A gap in both tracks is nothing that anybody could see or hear, so it takes no time; up to the keyframe the sound goes on.
        var jumped = to - from >= 0.25 ? to - from : 0;
        Assert.InRange(viewer.Playback.Position!.Value.TotalSeconds, 11.6 + jumped - 0.1, 12 + jumped);
        AssertTogether(viewer, stalls: 0);
    }

    /// <summary>Where pictures are missing; of those in the decoder when playout stalls, one may be too late.</summary>
    private static List<(double From, double To)> Holes(VirtualViewer viewer) =>
        [.. viewer.Shown.Zip(viewer.Shown.Skip(1)).Where(p => p.Second - p.First > 2.5 * Frame)];

    /// <summary>Nothing was shown twice, late or damaged, and the sound is where the picture is.</summary>
    private static void AssertTogether(VirtualViewer viewer, int stalls)
    {
        var statistics = viewer.Playback.Statistics;
        Assert.Equal(stalls, statistics.Stalls);
        Assert.Equal(0, viewer.Decoder.Broken);
        Assert.Empty(statistics.Errors);
        Assert.InRange(statistics.AvSkewP95Ms, 0, 20);
        Assert.True(viewer.Shown.Zip(viewer.Shown.Skip(1)).All(p => p.Second > p.First), "pictures go back");
        Assert.False(viewer.Audio.Paused);
        Assert.InRange(statistics.AudioSeconds, (viewer.Shown.Count * Frame) - 0.4, (viewer.Shown.Count * Frame) + 1.2);
    }
}

using KnSock.Protocol.Messages;

namespace KnSock.Client.Tests.Playout;

/// <summary>Viewers without read-ahead, and gaps in both tracks at once, in virtual time.</summary>
public sealed class LiveEdgeTests
{
    private const double Frame = 1 / 30.0;

    private static readonly LiveStreamClientOptions AtEdge = new() { MaxBuffer = TimeSpan.Zero };

    [Theory]
    [InlineData(0.02, 200)]
    [InlineData(0.5, 200)]
    [InlineData(0.95, 200)]
    [InlineData(0.95, 600)]
    public void Without_read_ahead_playout_starts_at_the_target_delay_wherever_the_gop_began(double withinGop, int bufferMs)
    {
        using var viewer = new VirtualViewer(AtEdge with { VideoBufferMs = bufferMs, AudioBufferMs = bufferMs }) { WithinGop = withinGop };
        viewer.Run(1000 + bufferMs);

        Assert.Equal((StartPoint.Live, 0.0), (viewer.Selects[0].From, viewer.Selects[0].MaxBufferSeconds));
        // A unit is sent when its time has come, so it is ahead of the live edge by its length.
        Assert.InRange(Behind(viewer), (bufferMs / 1000.0) - 0.04, (bufferMs / 1000.0) + 0.04);
        viewer.Run(7000);
        Assert.InRange(Behind(viewer), (bufferMs / 1000.0) - 0.04, (bufferMs / 1000.0) + 0.02);
        Assert.InRange(viewer.Feedback!.VideoBufferSeconds, (bufferMs / 1000.0) - 0.05, (bufferMs / 1000.0) + 0.05);
        Assert.Equal(viewer.Shown[0], Math.Max(2, Math.Floor((2.0501 + withinGop - (bufferMs / 1000.0)) / Frame) * Frame), 2.1 * Frame);
        Assert.Empty(Holes(viewer));
        AssertTogether(viewer, stalls: 0);
    }

    [Fact]
    public void What_an_outage_put_playout_behind_is_caught_up_with_and_then_it_is_steady()
    {
        using var viewer = new VirtualViewer(AtEdge) { WithinGop = 0.3 };
        viewer.Run(20_000);
        viewer.IsBlocked = true;
        viewer.Run(900);
        viewer.IsBlocked = false;
        viewer.Run(100);
        Assert.InRange(Behind(viewer), 0.7, 0.95);

        var rates = RatesOver(viewer, 1000);
        Assert.Equal(viewer.Playback.Rate, viewer.Feedback!.PlaybackRate!.Value, 1e-4);
        Assert.InRange(viewer.Playback.Statistics.PlaybackRate, 1.04, 1.1);
        Assert.Equal(viewer.Playback.Statistics.TargetDelayMs, viewer.Feedback.TargetSeconds * 1000, 1e-6);
        rates.AddRange(RatesOver(viewer, 21_000));
        Assert.InRange(Behind(viewer), 0.15, 0.27);
        Assert.InRange(rates.Max(), 1.04, 1.1001);
        Assert.Equal(1, Changes(rates, r => r > 1.006));
        Assert.All(rates.Skip(rates.Count * 2 / 3), r => Assert.InRange(r, 0.994, 1.006));
        Assert.Empty(Holes(viewer));
        AssertTogether(viewer, stalls: 1);
    }

    [Fact]
    public void Who_is_far_behind_jumps_to_the_target_delay()
    {
        using var viewer = new VirtualViewer(AtEdge);
        viewer.Run(3000);
        viewer.Playback.Paused = true;
        viewer.Run(2300);
        viewer.Playback.Paused = false;
        viewer.Run(1000);
        Assert.InRange(Behind(viewer), 0.15, 0.3);
        viewer.Run(5000);

        Assert.InRange(Behind(viewer), 0.15, 0.22);
        var (from, to) = Assert.Single(Holes(viewer));
        Assert.InRange(to - from, 2, 2.5);
        Assert.Equal((1, 0L), (viewer.Playback.Statistics.Jumps, viewer.Playback.Statistics.FramesDropped));
        AssertTogether(viewer, stalls: 0);
    }

    [Theory]
    [InlineData(60, 0.03)]
    [InlineData(150, 0.05)]
    [InlineData(400, 0.1)]
    public void On_a_network_that_delays_now_more_now_less_it_finds_the_delay_that_is_enough_and_keeps_to_it(int jitterMs, double swing)
    {
        using var viewer = new VirtualViewer(AtEdge) { Delay = Jitter(jitterMs, seed: 5) };
        viewer.Run(20_000);
        var stalls = viewer.Playback.Statistics.Stalls;
        var behind = new List<double>();
        var rates = RatesOver(viewer, 30_000, () => behind.Add(Behind(viewer)));

        Assert.InRange(viewer.Playback.Statistics.Stalls - stalls, 0, 1);
        Assert.InRange(behind.Max(), Math.Max(0.2, jitterMs / 1000.0) * 0.7, Math.Max(0.25, jitterMs / 1000.0 * 1.4));
        Assert.InRange(behind.Max() - behind.Min(), 0, swing);
        Assert.InRange(Changes(rates, r => Math.Abs(r - 1) > 0.006), 0, 2);
        Assert.InRange(viewer.Playback.Statistics.AvSkewP95Ms, 0, 20);
        Assert.Empty(viewer.Playback.Statistics.Errors);
    }

    [Fact]
    public void When_the_way_becomes_longer_playout_falls_back_slowly_enough_not_to_be_heard()
    {
        using var viewer = new VirtualViewer(AtEdge) { Delay = t => t < 6000 ? 0 : 100 };
        viewer.Run(6000);
        var rates = RatesOver(viewer, 12_000);

        Assert.InRange(Behind(viewer), 0.25, 0.31);
        Assert.InRange(rates.Min(), 0.9499, 0.97);
        Assert.Equal(1, Changes(rates, r => r < 0.994));
        Assert.Empty(Holes(viewer));
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
        Assert.InRange(to - from, (blocked / 1000.0) - 1.5, (blocked / 1000.0) + 1);
        // Had playout waited for the gap to pass, it would be as far behind as the gap is long; had it gone on at the keyframe, up to a GOP.
        Assert.InRange(Behind(viewer), (bufferMs / 1000.0 * 0.8) - 0.02, (bufferMs / 1000.0) + 0.1);
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
        Assert.InRange(Behind(viewer), 0.15, 0.3);
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

        Assert.InRange(Behind(viewer), 0.15, 0.3);
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

    private static double Behind(VirtualViewer viewer) => viewer.LiveEdge - viewer.Playback.Position!.Value.TotalSeconds;

    private static List<double> RatesOver(VirtualViewer viewer, int milliseconds, Action? each = null)
    {
        var rates = new List<double>();
        for (var t = 0; t < milliseconds; t += 50)
        {
            viewer.Run(50);
            rates.Add(viewer.Playback.Rate);
            if (viewer.Playback.Position is not null)
            {
                each?.Invoke();
            }
        }

        return rates;
    }

    /// <summary>How often something sets in.</summary>
    private static int Changes(List<double> rates, Func<double, bool> holds) =>
        rates.Zip(rates.Skip(1)).Count(p => !holds(p.First) && holds(p.Second)) + (holds(rates[0]) ? 1 : 0);

    /// <summary>Now and then something is in the way for up to a time, and what waited comes at once; one in ten of these is the longest.</summary>
    private static Func<double, double> Jitter(double most, int seed)
    {
        var random = new Random(seed);
        var (until, delay) = (0.0, 0.0);
        return now =>
        {
            if (now >= until)
            {
                var length = random.Next(10) == 0 ? most : most * 0.5 * random.NextDouble();
                (until, delay) = delay > 0 ? (now + random.Next(20, 400), 0) : (now + length, length);
            }

            return delay > 0 ? delay - (until - now) : 0;
        };
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
        // What was caught up with was heard in less time.
        Assert.InRange(statistics.AudioSeconds, (viewer.Shown.Count * Frame) - 1.1, (viewer.Shown.Count * Frame) + 1.2);
    }
}

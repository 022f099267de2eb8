using KnSock.Media;
using KnSock.Protocol.Messages;

namespace KnSock.Client.Tests.Playout;

/// <summary>Seeking and pausing on a timeline of one's own, in virtual time.</summary>
public sealed class SeekTests : IDisposable
{
    private const double Frame = 1 / 30.0;

    private readonly VirtualViewer _own = new(new LiveStreamClientOptions { FromBeginning = true });

    public void Dispose() => _own.Dispose();

    [Theory]
    [InlineData(3.45, 103 * Frame)]
    [InlineData(3.9, 117 * Frame)]
    [InlineData(1, 1)]
    [InlineData(0, 0)]
    [InlineData(-20, 0)]
    [InlineData(15.999, 16 - Frame)]
    [InlineData(16, 16)]
    [InlineData(4000.5, 4000.5)]
    public void Playout_goes_on_at_exactly_the_picture_sought(double position, double picture)
    {
        _own.Run(1500);
        var before = _own.Shown.Count;
        Seek(position);
        Assert.Null(_own.Playback.Position);
        Assert.Equal(Math.Max(0, position), _own.Playback.StandsAt!.Value.TotalSeconds, 6);
        _own.Run(3000);

        var shown = _own.Shown.Skip(before).ToList();
        Assert.Equal(picture, shown[0], 1e-5);
        Assert.InRange(_own.Playback.Position!.Value.TotalSeconds, Math.Max(0, position) + 2.8, Math.Max(0, position) + 2.98);
        AssertWithoutHoles(shown);
        AssertClean(_own);
    }

    [Fact]
    public void Sound_and_picture_stop_at_once()
    {
        _own.AnswersAfter = 3000;
        _own.Run(4500);
        Assert.False(_own.Audio.Paused);
        var before = _own.Shown.Count;
        Seek(2.5);
        _own.Run(10);
        Assert.True(_own.Audio.Paused);
        _own.Run(2000);
        Assert.Equal(before, _own.Shown.Count);
        Assert.Equal((PlayoutState.Buffering, 2.5), (_own.Feedback!.State, _own.Feedback.PositionSeconds));
        _own.Run(1500);
        Assert.Equal(2.5, _own.Shown[before], 1e-5);
        Assert.Equal((0, 0.0), (_own.Playback.Statistics.Stalls, _own.Playback.Statistics.StallMs));
    }

    [Fact]
    public void Seeks_in_quick_succession_are_carried_out_as_the_last()
    {
        _own.Run(1500);
        var before = _own.Shown.Count;
        for (var i = 0; i < 20; i++)
        {
            // A held key, 30 times a second.
            Seek(_own.Playback.StandsAt!.Value.TotalSeconds + 5);
            _own.Run(33);
        }

        var target = _own.Playback.StandsAt!.Value.TotalSeconds;
        Assert.InRange(target, 101.2, 101.8);
        _own.Run(1000);
        // At once, each 200 ms, and the last.
        Assert.InRange(_own.Selects.Count - 1, 3, 5);
        Assert.Equal(target, _own.Selects[^1].PositionSeconds!.Value, 6);
        Assert.Equal(Math.Floor(target / Frame) * Frame, _own.Shown.Skip(before).First(p => p >= target - Frame), 1e-4);
        Assert.True(_own.Selects.Zip(_own.Selects.Skip(1)).All(p => p.Second.Selection > p.First.Selection));
        AssertClean(_own);
    }

    [Fact]
    public void Who_seeks_while_paused_sees_where_that_led_to()
    {
        _own.Run(1500);
        _own.Playback.Paused = true;
        _own.Run(100);
        var before = _own.Shown.Count;
        Seek(2.5);
        _own.Run(500);
        Seek(3.5);
        _own.Run(500);

        Assert.Equal([2.5, 3.5], _own.Shown.Skip(before).Select(p => Math.Round(p, 4)));
        Assert.True(_own.Audio.Paused);
        Assert.Equal((PlayoutState.Paused, 3.5), (_own.Feedback!.State, _own.Feedback.PositionSeconds));
        _own.Playback.Paused = false;
        _own.Run(1000);
        AssertWithoutHoles([.. _own.Shown.Skip(before + 1)]);
        AssertClean(_own);
    }

    [Fact]
    public void A_seek_in_a_pause_goes_as_far_from_the_picture_that_is_seen_as_was_asked_also_where_the_next_was_just_becoming_due()
    {
        using var viewer = new VirtualViewer(new LiveStreamClientOptions { FromBeginning = true }, latenessMs: 5);
        viewer.Run(500);
        for (var i = 0; i < 40; i++)
        {
            viewer.Run(101);
            viewer.Playback.Paused = true;
            viewer.Run(50);
            var seen = viewer.Shown[^1];
            _ = viewer.Playback.SeekAsync(viewer.Playback.StandsAt!.Value + TimeSpan.FromSeconds(1), CancellationToken.None);
            viewer.Run(300);
            Assert.Equal(seen + 1, viewer.Shown[^1], 1e-4);
            viewer.Playback.Paused = false;
        }
    }

    [Fact]
    public void A_long_pause_holds_what_it_has_and_goes_on_at_the_same_picture()
    {
        _own.Run(2000);
        _own.Playback.Paused = true;
        _own.Run(1000);
        var (received, shown) = (_own.Playback.Statistics.VideoBufferSeconds, _own.Shown.Count);
        var position = _own.Feedback!.PositionSeconds;
        _own.Run(20_000);

        Assert.InRange(received, 7, 9);
        Assert.Equal(received, _own.Playback.Statistics.VideoBufferSeconds);
        Assert.Equal((PlayoutState.Paused, position), (_own.Feedback.State, _own.Feedback.PositionSeconds));
        Assert.Equal(shown, _own.Shown.Count);
        _own.Playback.Paused = false;
        _own.Run(2000);
        AssertWithoutHoles(_own.Shown);
        AssertClean(_own);
    }

    [Fact]
    public void A_paused_client_has_room_for_all_that_it_asked_for()
    {
        // 20 Mbit/s; who stops reading while paused is taken for gone.
        using var viewer = new VirtualViewer(new LiveStreamClientOptions { MaxBuffer = TimeSpan.FromSeconds(60) }, pictureBytes: 83_000);
        viewer.Run(500);
        viewer.Playback.Paused = true;
        viewer.Run(500);
        Assert.InRange(viewer.Playback.Statistics.VideoBufferSeconds, 59, 62);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void After_a_loss_it_goes_on_where_it_was(bool paused)
    {
        _own.Run(1500);
        Seek(3.45);
        _own.Run(1000);
        _own.Playback.Paused = paused;
        _own.IsLost = true;
        _own.Run(2000);
        _own.Playback.OnReconnected([_own.Channel.Info]);
        _own.IsLost = false;
        var stood = _own.Playback.StandsAt!.Value.TotalSeconds;
        _own.Run(1000);

        Assert.Equal(stood, _own.Selects[^1].PositionSeconds!.Value, 0.002);
        Assert.Equal(paused, _own.Playback.Paused);
        Assert.Equal(paused ? stood : stood + 0.93, _own.Playback.StandsAt!.Value.TotalSeconds, 0.1);
        _own.Playback.Paused = false;
        _own.Run(1000);
        var shown = _own.Shown.SkipWhile(p => p < 3.4).ToList();
        // The picture at which it stood is shown once more where it was paused.
        Assert.All(shown.Zip(shown.Skip(1)), p => Assert.InRange(p.Second - p.First, -0.001, Frame + 0.001));
        Assert.Equal(paused ? 0 : 1, _own.Playback.Statistics.Stalls);
        Assert.Equal(0, _own.Playback.Statistics.FramesDropped);
    }

    [Fact]
    public void A_seek_whose_connection_is_lost_is_carried_out_on_the_next()
    {
        _own.Run(1500);
        _own.IsLost = true;
        Seek(3.2);
        _own.Run(300);
        _own.Playback.OnReconnected([_own.Channel.Info]);
        _own.IsLost = false;
        var before = _own.Shown.Count;
        _own.Run(1000);

        Assert.Equal(3.2, _own.Selects[^1].PositionSeconds!.Value, 6);
        Assert.Equal(3.2, _own.Shown[before], 1e-5);
        AssertClean(_own);
    }

    [Fact]
    public void A_viewer_may_start_anywhere()
    {
        using var viewer = new VirtualViewer(new LiveStreamClientOptions { StartAt = TimeSpan.FromSeconds(2.3) });
        viewer.Run(2000);

        Assert.Equal((StartPoint.Position, 2.3), (viewer.Selects[0].From, viewer.Selects[0].PositionSeconds));
        Assert.Equal(2.3, viewer.Shown[0], 1e-5);
        AssertWithoutHoles(viewer.Shown);
        AssertClean(viewer);
    }

    [Fact]
    public async Task A_live_viewer_cannot_seek_and_goes_on_where_it_paused()
    {
        using var viewer = new VirtualViewer(new LiveStreamClientOptions());
        viewer.Run(2000);
        Assert.False(viewer.Playback.CanSeek);
        await Assert.ThrowsAsync<InvalidOperationException>(() => viewer.Playback.SeekAsync(Timestamp.Zero, CancellationToken.None));
        var latency = viewer.Playback.Statistics.LatencyP95Ms;
        viewer.Playback.Paused = true;
        viewer.Run(5000);
        viewer.Playback.Paused = false;
        viewer.Run(4000);

        Assert.Single(viewer.Selects);
        AssertWithoutHoles(viewer.Shown);
        // It is behind the broadcast now, and says so.
        Assert.InRange(viewer.Playback.Statistics.LatencyP95Ms, latency + 4900, latency + 5100);
        Assert.Equal(0, viewer.Playback.Statistics.Stalls);
    }

    private static void AssertWithoutHoles(IReadOnlyList<double> shown)
    {
        Assert.True(shown.Count > 20, $"{shown.Count} pictures");
        Assert.All(shown.Zip(shown.Skip(1)), p => Assert.Equal(Frame, p.Second - p.First, 1e-5));
    }

    /// <summary>Neither seeking nor pausing leaves a trace in the figures.</summary>
    private static void AssertClean(VirtualViewer viewer)
    {
        var figures = viewer.Playback.Statistics;
        Assert.Equal((0, 0.0, 0L), (figures.Stalls, figures.StallMs, figures.FramesDropped));
        Assert.InRange(figures.AvSkewP95Ms, 0, 6);
        Assert.InRange(figures.LatencyP95Ms, 20, 150);
        Assert.Equal(0, viewer.Decoder.Broken);
        Assert.Equal(0, viewer.Audio.Underruns);
        Assert.Empty(figures.Errors);
    }

    private void Seek(double position)
    {
        var sought = _own.Playback.SeekAsync(Timestamp.FromSeconds(position), CancellationToken.None);
        Assert.False(sought.IsFaulted);
    }
}

using KnSock.Client.Playout;
using KnSock.Media;

namespace KnSock.Player.Tests;

/// <summary>Whole sinks on real media in real time.</summary>
[Collection(VirtualDisplay.Collection)]
public sealed class SinkTests(VirtualDisplay display)
{
    private static readonly Lazy<Encoded> Picture = new(() => Ffmpeg.Video("testsrc2=size=320x180:rate=30", 2));
    private static readonly Lazy<Encoded> Sound = new(() => Ffmpeg.Audio("sine=frequency=1000:sample_rate=48000", 2));

    [Fact]
    public async Task Callbacks_receive_every_picture_in_order_and_the_tone()
    {
        var playback = new FilePlayback(TimeProvider.System, Picture.Value, Sound.Value);
        List<Timestamp> pictures = [];
        List<float> heard = [];
        var sink = new CallbackSink(
            frame =>
            {
                using (frame)
                {
                    pictures.Add(frame.Pts);
                }
            },
            sound => heard.AddRange(sound.Samples));
        await RunForAsync(sink, playback, TimeSpan.FromSeconds(2.6));

        Assert.Empty(playback.Errors);
        Assert.Equal(pictures.Order(), pictures);
        Assert.InRange(pictures.Count, 50, 60);
        var left = heard.Where((_, i) => i % 2 == 0).ToArray();
        Assert.InRange(left.Length, 48_000 * 1.5, 48_000 * 2.1);
        Assert.InRange(Tone.Frequency(left.AsSpan(24_000, 24_000), 48_000), 995, 1005);
    }

    [Fact]
    public async Task Headless_playout_decodes_and_presents_all_of_it()
    {
        var playback = new FilePlayback(TimeProvider.System, Picture.Value, Sound.Value);
        await RunForAsync(new HeadlessSink(), playback, TimeSpan.FromSeconds(2.6));
        Assert.Empty(playback.Errors);
        Assert.InRange(playback.Pictures.Count(p => p.Outcome == PictureOutcome.Presented), 50, 60);
    }

    [Fact]
    public async Task A_window_plays_until_q_is_pressed()
    {
        var playback = new FilePlayback(TimeProvider.System, Picture.Value, Sound.Value);
        List<string> notices = [];
        var running = new WindowSink(notices.Add) { ShowStatistics = true }.RunAsync(playback, TestContext.Current.CancellationToken);
        await WaitAsync(() => playback.Pictures.Count > 10);
        Assert.True(display.HasWindow("Sea and Sky - KnSock"));

        // Upper right of the test picture, clear of the statistics.
        var screen = display.Capture();
        Assert.NotNull(screen.Find((0, 255, 255), 40));
        display.MovePointerInto();
        display.Press("space");
        await WaitAsync(() => playback.Paused);
        display.Press("2");
        await WaitAsync(() => display.HasWindow("Town - KnSock"));
        display.Press("q");
        await running.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.False(display.HasWindow("KnSock"));
        Assert.Empty(notices);
    }

    [Fact]
    public async Task Without_a_display_it_says_so_and_plays_on()
    {
        NativeEnvironment.Set("DISPLAY", null);
        try
        {
            var playback = new FilePlayback(TimeProvider.System, Picture.Value, Sound.Value);
            List<string> notices = [];
            await RunForAsync(new WindowSink(notices.Add), playback, TimeSpan.FromSeconds(1));
            Assert.Equal("no window: there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set); playing without one", Assert.Single(notices));
            Assert.NotEmpty(playback.Pictures);
        }
        finally
        {
            NativeEnvironment.Set("DISPLAY", display.Name);
        }
    }

    [Fact]
    public async Task With_a_display_that_does_not_answer_it_says_so_and_plays_on()
    {
        NativeEnvironment.Set("DISPLAY", ":4095");
        try
        {
            var playback = new FilePlayback(TimeProvider.System, Picture.Value, Sound.Value);
            List<string> notices = [];
            await RunForAsync(new WindowSink(notices.Add), playback, TimeSpan.FromSeconds(1));
            Assert.StartsWith("no window: ", Assert.Single(notices), StringComparison.Ordinal);
            Assert.NotEmpty(playback.Pictures);
        }
        finally
        {
            NativeEnvironment.Set("DISPLAY", display.Name);
        }
    }

    [Fact]
    public async Task Without_a_sound_card_it_says_so_and_plays_silently()
    {
        NativeEnvironment.Set("SDL_AUDIODRIVER", "alsa");
        NativeEnvironment.Set("AUDIODEV", "no-such-card");
        try
        {
            var playback = new FilePlayback(TimeProvider.System, Picture.Value, Sound.Value);
            List<string> notices = [];
            await RunForAsync(new WindowSink(notices.Add), playback, TimeSpan.FromSeconds(2));
            var notice = Assert.Single(notices);
            Assert.StartsWith("no sound: ", notice, StringComparison.Ordinal);
            Assert.EndsWith("; playing silently", notice, StringComparison.Ordinal);
            Assert.NotEmpty(playback.Pictures);
        }
        finally
        {
            NativeEnvironment.Set("SDL_AUDIODRIVER", "dummy");
            NativeEnvironment.Set("AUDIODEV", null);
        }
    }

    private static async Task RunForAsync(IMediaSink sink, IPlayback playback, TimeSpan time)
    {
        using var ending = new CancellationTokenSource(time);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sink.RunAsync(playback, ending.Token));
    }

    private static async Task WaitAsync(Func<bool> isSo)
    {
        for (var i = 0; i < 200 && !isSo(); i++)
        {
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        Assert.True(isSo());
    }
}

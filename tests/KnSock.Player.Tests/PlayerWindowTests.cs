using System.Collections.Concurrent;
using KnSock.Client.Playout;
using KnSock.Media;
using KnSock.Player.Display;

namespace KnSock.Player.Tests;

[Collection(VirtualDisplay.Collection)]
public sealed class PlayerWindowTests(VirtualDisplay display)
{
    private static readonly (int Red, int Green, int Blue) Red = (221, 34, 17);
    private static readonly (int Red, int Green, int Blue) Blue = (17, 51, 204);
    private static readonly (int Red, int Green, int Blue) Yellow = (238, 221, 34);

    [Fact]
    public async Task The_picture_is_seen_in_its_shape_and_colours()
    {
        await using var window = await PlayerWindow.OpenAsync("shape test", _ => { }, 800, 700);
        window.Present(Quarters(320, 180));

        // 800 wide, so 450 high, in the middle of 700.
        var screen = await SeeAsync(s => s.Find(Red) is not null && s.Find(Blue) is not null);
        var (left, right) = (screen.Find(Red)!.Value, screen.Find(Blue)!.Value);
        Assert.InRange(left.Width + right.Width, 793, 800);
        Assert.InRange(left.Height, 222, 226);
        Assert.InRange(right.X - (left.X + left.Width), -2, 5);
        Assert.InRange(right.Y - (left.Y + left.Height), -2, 5);
        Assert.Equal((0, 0, 0), screen[left.X + 20, left.Y - 20]);
        Assert.Equal((320, 180), window.PictureSize);
        Assert.Equal(450, window.PictureLines);
    }

    [Fact]
    public async Task It_keeps_its_shape_when_window_or_resolution_change()
    {
        await using var window = await PlayerWindow.OpenAsync("resize test", _ => { }, 640, 360);
        window.Present(Quarters(640, 360));
        await SeeAsync(s => s.Find(Red) is not null);

        display.Resize("resize test", 300, 600);
        var screen = await SeeAsync(s => s.Find(Red) is { } red && Math.Abs(red.Width - 150) <= 2);
        Assert.InRange(screen.Find(Red)!.Value.Height, 82, 87);
        Assert.InRange(window.PictureLines, 168, 170);

        // Another rung: another number of pixels, the same place on the screen.
        window.Present(Quarters(426, 240, Yellow));
        screen = await SeeAsync(s => s.Find(Yellow) is not null);
        Assert.InRange(screen.Find(Yellow)!.Value.Width, 147, 152);
        Assert.InRange(screen.Find(Yellow)!.Value.Height, 82, 87);

        // A picture of odd size and another shape.
        window.Present(Quarters(101, 301, Yellow));
        screen = await SeeAsync(s => s.Find(Yellow) is { } yellow && yellow.Height > 200);
        Assert.InRange(screen.Find(Yellow)!.Value.Width, 97, 102);
    }

    [Fact]
    public async Task Who_quits_does_not_wait_for_a_seek_that_is_not_answered()
    {
        var playback = new FakePlayback(TimeProvider.System) { CanSeek = true, Seeking = () => new TaskCompletionSource().Task };
        var controls = new PlayerControls(playback);
        await using var window = await PlayerWindow.OpenAsync("quit test", controls.Enqueue, 640, 360);
        var running = controls.RunAsync(window, CancellationToken.None);

        controls.Enqueue(new PlayerCommand(PlayerCommandKind.SeekToBeginning));
        controls.Enqueue(new PlayerCommand(PlayerCommandKind.Quit));

        await running.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Single(playback.Sought);
        Assert.Empty(playback.Errors);
    }

    [Fact]
    public async Task Keys_become_commands_and_closing_is_noticed()
    {
        var commands = new BlockingCollection<PlayerCommand>();
        await using var window = await PlayerWindow.OpenAsync("key test", commands.Add, 640, 360);
        window.Present(Quarters(320, 180));
        await SeeAsync(s => s.Find(Red) is not null);
        display.MovePointerInto();
        foreach (var (key, kind) in new[]
        {
            ("space", PlayerCommandKind.TogglePause), ("m", PlayerCommandKind.ToggleMute), ("i", PlayerCommandKind.ToggleStatistics),
            ("2", PlayerCommandKind.SelectChannel), ("9", PlayerCommandKind.VolumeDown), ("Escape", PlayerCommandKind.Quit),
        })
        {
            display.Press(key);
            Assert.True(commands.TryTake(out var command, TimeSpan.FromSeconds(10)), $"{key} did nothing");
            Assert.Equal(kind, command.Kind);
        }

        await window.DisposeAsync();
        Assert.True(window.Closed.IsCompletedSuccessfully);
        Assert.False(display.HasWindow("key test"));
    }

    [Fact]
    public async Task Only_the_newest_of_many_pictures_is_drawn_and_all_are_given_back()
    {
        await using var window = await PlayerWindow.OpenAsync("flood test", _ => { }, 640, 360);
        List<VideoFrame> frames = [];
        for (var i = 0; i < 200; i++)
        {
            frames.Add(Quarters(640, 360));
            window.Present(frames[^1]);
        }

        frames.Add(Quarters(640, 360, Yellow));
        window.Present(frames[^1]);
        await SeeAsync(s => s.Find(Yellow) is not null);
        await window.DisposeAsync();
        window.Present(Remember(Quarters(640, 360), frames));
        Assert.All(frames, frame => Assert.Throws<ObjectDisposedException>(() => frame.Y.Length));
    }

    [Fact]
    public async Task Statistics_and_messages_lie_over_the_picture()
    {
        await using var window = await PlayerWindow.OpenAsync("overlay test", _ => { }, 960, 540);
        window.Present(Quarters(1280, 720, Yellow));
        await SeeAsync(s => s.Find(Yellow) is not null);
        window.StandardDefinition = true;
        var encoded = Ffmpeg.Video("testsrc2=size=1280x720:rate=30", 0.1);
        using var decoder = new VideoDecoder();
        decoder.Configure(encoded.Picture);
        List<VideoFrame> pictures = [];
        decoder.Decode(encoded.Units[0], pictures);
        decoder.Drain(pictures);
        window.Present(pictures[0]);
        var playback = new FakePlayback(TimeProvider.System);
        var overlay = new Overlay(StatisticsText.Lines(playback.Channel, playback.Statistics, (1280, 720), 8), "Volume 80%");
        window.Show(overlay);

        var bar = OverlayPainter.BarColor;
        var screen = await SeeAsync(s => s.Find(((int)(bar >> 16) & 255, (int)(bar >> 8) & 255, (int)bar & 255), 1) is not null);

        // ffmpeg's test picture has the colours of standard definition, and pure ones.
        Assert.InRange(screen.Find((0, 255, 0), 6)?.Width ?? 0, 100, 200);
        Assert.InRange(screen.Find((255, 255, 0), 6)?.Width ?? 0, 100, 200);
        if (Environment.GetEnvironmentVariable("KNSOCK_SCREENSHOT") is { } path)
        {
            display.Save(path);
        }

        window.Show(Overlay.Empty);
        await SeeAsync(s => s.Find(((int)(bar >> 16) & 255, (int)(bar >> 8) & 255, (int)bar & 255), 1) is null);
    }

    [Fact]
    public async Task A_large_JPEG_file_has_the_colours_of_its_kind_and_not_of_its_size()
    {
        await using var window = await PlayerWindow.OpenAsync("jpeg test", _ => { }, 960, 540);
        using var decoder = new VideoDecoder();
        decoder.Configure(new VideoConfiguration { Codec = VideoConfiguration.Jpeg, Setup = default, Width = 1280, Height = 720 });
        List<VideoFrame> pictures = [];
        var file = Ffmpeg.Run("-f lavfi -i color=c=0x00d020:size=1280x720 -frames:v 1 -vf scale=out_color_matrix=bt601:out_range=full,format=yuvj444p -c:v mjpeg -strict unofficial -q:v 2 -f mjpeg pipe:1");
        decoder.Decode(
            new AccessUnit { Kind = TrackKind.Video, Sequence = 0, Pts = Timestamp.Zero, Dts = Timestamp.Zero, Duration = TimeSpan.FromMilliseconds(33), IsKeyframe = true, Payload = file },
            pictures);
        window.Present(Assert.Single(pictures));

        // By the other matrix it would be (0, 234, 13) or so.
        var screen = await SeeAsync(s => s.Find((0, 0xD0, 0x20), 5) is not null);
        Assert.InRange(screen.Find((0, 0xD0, 0x20), 5)!.Value.Width, 940, 960);
    }

    private static VideoFrame Remember(VideoFrame frame, List<VideoFrame> frames)
    {
        frames.Add(frame);
        return frame;
    }

    /// <summary>Upper left in one colour, lower right in blue, the other quarters grey.</summary>
    private static VideoFrame Quarters(int width, int height, (int Red, int Green, int Blue)? upperLeft = null)
    {
        var frame = VideoFrame.Rent(width, height, Timestamp.Zero);
        Paint(frame.Y, width, height, upperLeft ?? Red, color => 16 + (0.1826 * color.Red) + (0.6142 * color.Green) + (0.0620 * color.Blue));
        Paint(frame.U, frame.ChromaWidth, frame.ChromaHeight, upperLeft ?? Red, color => 128 - (0.1006 * color.Red) - (0.3386 * color.Green) + (0.4392 * color.Blue));
        Paint(frame.V, frame.ChromaWidth, frame.ChromaHeight, upperLeft ?? Red, color => 128 + (0.4392 * color.Red) - (0.3989 * color.Green) - (0.0403 * color.Blue));
        return frame;
    }

    private static void Paint(
        Span<byte> plane, int width, int height, (int Red, int Green, int Blue) upperLeft, Func<(int Red, int Green, int Blue), double> level)
    {
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var color = (x < width / 2, y < height / 2) switch
                {
                    (true, true) => upperLeft,
                    (false, false) => Blue,
                    _ => (90, 90, 90),
                };
                plane[(y * width) + x] = (byte)Math.Round(level(color));
            }
        }
    }

    private async Task<Screenshot> SeeAsync(Func<Screenshot, bool> isThere)
    {
        var deadline = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var screen = display.Capture();
            if (isThere(screen))
            {
                return screen;
            }

            Assert.True(TimeProvider.System.GetElapsedTime(deadline) < TimeSpan.FromSeconds(15), "the screen does not show it");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }
}

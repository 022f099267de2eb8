using System.Diagnostics;
using KnSock.Testing.LipSync;
using KnSock.Testing.Processes;
using KnSock.Testing.Videos;

namespace KnSock.EndToEnd.Tests;

/// <summary>The window on a display that exists only in memory.</summary>
[Collection(nameof(Alone))]
public class WindowTests
{
    private const int Width = 1280;
    private const int Height = 800;

    [Fact]
    public async Task The_window_shows_the_picture_of_the_channel_and_closes_by_its_key()
    {
        await using var server = await TestServer.StartAsync(TestVideos.FlashAndBeep);
        await using var display = await VirtualDisplay.StartAsync(Width, Height);
        await using var play = StartPlay(display, server.Address);

        // The sample's flash is the one thing that turns all of the window white, once a second.
        var flashes = await FlashesAsync(display, TimeSpan.FromSeconds(20), atLeast: 3);
        Assert.True(flashes.Count >= 3, $"{flashes.Count} flashes; {string.Join('\n', play.Error)}");
        // Whole seconds apart; the grabbing may miss one.
        Assert.All(flashes.Zip(flashes.Skip(1)), pair => Assert.InRange(Math.Abs(Math.IEEERemainder((pair.Second - pair.First).TotalSeconds, 1)), 0, 0.3));

        await PressAsync(display, "q");
        await play.ExpectExitAsync(0, TimeSpan.FromSeconds(10));
        Assert.True(PlayFigures.From(play.LastJson).FramesPresented > 60);
    }

    [Fact]
    public async Task It_shows_what_a_kn_sock_server_plays()
    {
        await using var server = await LegacyServer.StartAsync();
        await using var display = await VirtualDisplay.StartAsync(Width, Height);
        await using var play = StartPlay(display, server.Address);

        var flashes = await FlashesAsync(display, TimeSpan.FromSeconds(20), atLeast: 2);
        Assert.True(flashes.Count >= 2, $"{flashes.Count} flashes; {string.Join('\n', play.Error)}");
        await PressAsync(display, "q");
        await play.ExpectExitAsync(0, TimeSpan.FromSeconds(10));
        var figures = PlayFigures.From(play.LastJson);
        Assert.True(figures is { FramesPresented: > 30, Errors.Count: 0 }, figures.ToString());
    }

    [Fact]
    public async Task Its_keys_pause_and_seek_to_exactly_the_picture()
    {
        var frames = await SampleFrames.LoadAsync(TestVideos.FlashAndBeep);
        await using var server = await TestServer.StartAsync(TestVideos.FlashAndBeep);
        await using var display = await VirtualDisplay.StartAsync(Width, Height);
        await using var play = StartPlay(display, server.Address, "--start", "0:02.8");
        Assert.Single(await FlashesAsync(display, TimeSpan.FromSeconds(20), atLeast: 1));

        // White is in every flash: a picture that stands in one would be found as that of the first.
        await Task.Delay(200);
        await PressAsync(display, "space");
        var stood = await StillAsync(display, frames);
        Assert.InRange(stood, 84, 240);
        await Task.Delay(1000);
        Assert.Equal(stood, await StillAsync(display, frames));
        foreach (var (key, by) in new[] { ("Right", 150), ("shift+Right", 30), ("shift+Left", -30), ("Left", -150), ("Up", 1800), ("Down", -1800) })
        {
            await PressAsync(display, key);
            stood += by;
            Assert.Equal(stood % 600, await StillAsync(display, frames, expected: stood % 600));
        }

        await PressAsync(display, "Right", "Right");
        Assert.Equal(stood + 300, await StillAsync(display, frames, expected: stood + 300));
        await PressAsync(display, "Home");
        Assert.Equal(0, await StillAsync(display, frames, expected: 0));
        await PressAsync(display, "space");
        Assert.Single(await FlashesAsync(display, TimeSpan.FromSeconds(20), atLeast: 1));
        await PressAsync(display, "q");
        await play.ExpectExitAsync(0, TimeSpan.FromSeconds(10));
        var figures = PlayFigures.From(play.LastJson);
        Assert.True(figures is { Stalls: 0, Errors.Count: 0 }, figures.ToString());
    }

    [Fact]
    public async Task Without_a_display_it_says_so_and_plays_on()
    {
        await using var server = await TestServer.StartAsync(TestVideos.H264Aac);
        await using var play = KnSockProcess.Start(
            new KnSockProcessOptions { Environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["DISPLAY"] = string.Empty, ["SDL_AUDIODRIVER"] = string.Empty } },
            "play",
            server.Address,
            "--json",
            "--duration",
            "2s");
        var figures = await TestServer.FiguresOfAsync(play, 2);
        Assert.True(figures is { FramesPresented: > 50, Errors.Count: 0 }, figures.ToString());
        Assert.Contains(play.Error, l => l.Contains("display", StringComparison.OrdinalIgnoreCase));
    }

    private static KnSockProcess StartPlay(VirtualDisplay display, string address, params string[] options) => KnSockProcess.Start(
        new KnSockProcessOptions { Environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["DISPLAY"] = display.Name, ["SDL_AUDIODRIVER"] = "dummy" } },
        ["play", address, "--json", .. options]);

    private static async Task PressAsync(VirtualDisplay display, params string[] keys) =>
        await Command.RunAsync("env", [$"DISPLAY={display.Name}", "xdotool", "search", "--class", ".", "windowfocus", "key", .. keys]);

    /// <summary>The number of the frame in the window, once it is the one expected or has not changed for a moment.</summary>
    private static async Task<int> StillAsync(VirtualDisplay display, SampleFrames frames, int? expected = null)
    {
        // Without a window manager it opens in the middle.
        const int width = 960;
        const int height = 540;
        using var grab = display.Grab((Width - width) / 2, (Height - height) / 2, width, height, rate: 10);
        var picture = new byte[width * height];
        var (number, same) = (-1, 0);
        for (var i = 0; i < 50 && same < 4 && (expected is null || number != expected); i++)
        {
            await grab.StandardOutput.BaseStream.ReadExactlyAsync(picture);
            var next = frames.Find(SampleFrames.Shrink(picture, width, height));
            (number, same) = (next, next == number && expected is null ? same + 1 : 0);
        }

        grab.Kill();
        return number;
    }

    // The middle of the screen, 30 times a second, as it is seen.
    private static async Task<IReadOnlyList<TimeSpan>> FlashesAsync(VirtualDisplay display, TimeSpan within, int atLeast)
    {
        const int size = 320;
        using var grab = display.Grab((Width - size) / 2, (Height - size) / 2, size, size, rate: 30);
        var flashes = new FlashDetector();
        var picture = new byte[size * size];
        var start = Stopwatch.GetTimestamp();
        while (flashes.Onsets.Count < atLeast && Stopwatch.GetElapsedTime(start) < within)
        {
            await grab.StandardOutput.BaseStream.ReadExactlyAsync(picture);
            flashes.Add(picture, Stopwatch.GetElapsedTime(start));
        }

        grab.Kill();
        return flashes.Onsets;
    }
}

using System.Diagnostics;
using KnSock.Testing.LipSync;
using KnSock.Testing.Processes;
using KnSock.Testing.Videos;

namespace KnSock.EndToEnd.Tests;

/// <summary>The window on a display that exists only in memory.</summary>
public class WindowTests
{
    private const int Width = 1280;
    private const int Height = 800;

    [Fact]
    public async Task The_window_shows_the_picture_of_the_channel_and_closes_by_its_key()
    {
        await using var server = await TestServer.StartAsync(TestVideos.FlashAndBeep);
        await using var display = await VirtualDisplay.StartAsync(Width, Height);
        await using var play = KnSockProcess.Start(
            new KnSockProcessOptions { Environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["DISPLAY"] = display.Name, ["SDL_AUDIODRIVER"] = "dummy" } },
            "play",
            server.Address,
            "--json");

        // The sample's flash is the one thing that turns all of the window white, once a second.
        var flashes = await FlashesAsync(display, TimeSpan.FromSeconds(20), atLeast: 3);
        Assert.True(flashes.Count >= 3, $"{flashes.Count} flashes; {string.Join('\n', play.Error)}");
        // Whole seconds apart; the grabbing may miss one.
        Assert.All(flashes.Zip(flashes.Skip(1)), pair => Assert.InRange(Math.Abs(Math.IEEERemainder((pair.Second - pair.First).TotalSeconds, 1)), 0, 0.3));

        await Command.RunAsync("env", $"DISPLAY={display.Name}", "xdotool", "search", "--class", ".", "windowfocus", "key", "q");
        await play.ExpectExitAsync(0, TimeSpan.FromSeconds(10));
        Assert.True(PlayFigures.From(play.LastJson).FramesPresented > 60);
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

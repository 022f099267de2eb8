using KnSock.Testing.Network;
using KnSock.Testing.Processes;
using KnSock.Testing.Videos;

namespace KnSock.EndToEnd.Tests;

/// <summary>A viewer whose link does not carry the lowest rung with its sound gets the low sound, until it does.</summary>
public class PoorLinkTests
{
    private const double Limit = 240_000;

    /// <summary>How many packets of the sound do not begin where the one before ended.</summary>
    private const string GapsOf =
        "ffprobe -v error -select_streams a -show_entries packet=pts,duration -of csv=p=0 \"$1\" | awk -F, 'NR > 1 && $1 - end > 2 || NR > 1 && end - $1 > 2 { n++ } { end = $1 + $2 } END { print n + 0 }'";

    [Fact]
    public async Task The_sound_changes_over_and_back_without_a_gap()
    {
        using var folder = new TemporaryFolder();
        var copy = Path.Combine(folder.Path, "copy.mp4");
        await using var server = await TestServer.StartAsync(new KnSockProcessOptions(), ["--host", "127.0.0.1"], TestVideos.Detailed);
        await using var proxy = new ShapingProxy([server.Port, server.Port + 1, server.Port + 10]);
        proxy.SetRate(Limit);
        await using var play = TestServer.StartPlay(new KnSockProcessOptions(), $"{ShapingProxy.Address}:{server.Port}", seconds: null, "--record", copy);
        await WaitForAsync(server, ": sound at 24 kbit/s", TimeSpan.FromSeconds(25));
        await Task.Delay(TimeSpan.FromSeconds(6));
        proxy.SetRate(null);
        await WaitForAsync(server, ": sound at 96 kbit/s", TimeSpan.FromSeconds(25));
        await Task.Delay(TimeSpan.FromSeconds(3));
        await play.SignalAsync("INT");

        var figures = await TestServer.FiguresOfAsync(play, 0);
        Assert.True(figures is { Errors.Count: 0, FramesPresented: > 200 }, figures.ToString());
        // All that was heard is in the copy, without a gap, and one decoder takes it from beginning to end.
        var decoded = await Command.RunForBytesAsync("ffmpeg", "-v", "error", "-xerror", "-nostdin", "-i", copy, "-map", "0:a", "-c:a", "pcm_s16le", "-f", "s16le", "-");
        Assert.InRange(decoded.Length / 4 / 48_000.0, figures.AudioSeconds!.Value - 0.5, figures.AudioSeconds.Value + 10);
        Assert.Equal("0", (await Command.RunAsync("sh", "-c", GapsOf, "sh", copy)).Trim());
    }

    private static async Task WaitForAsync(TestServer server, string words, TimeSpan within)
    {
        var deadline = Environment.TickCount64 + (long)within.TotalMilliseconds;
        while (!server.Process.Error.Any(line => line.Contains(words, StringComparison.Ordinal)))
        {
            Assert.True(Environment.TickCount64 < deadline, $"not within {within}: {string.Join('\n', server.Process.Error)}");
            await Task.Delay(50);
        }
    }
}

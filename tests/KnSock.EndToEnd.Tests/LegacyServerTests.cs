using KnSock.Client;
using KnSock.Client.Playout;
using KnSock.Player;
using KnSock.Testing.LipSync;
using KnSock.Testing.Processes;
using KnSock.Testing.Videos;

namespace KnSock.EndToEnd.Tests;

/// <summary>Our client plays from a server of the original kn-sock, found out by itself, and survives its faults.</summary>
public class LegacyServerTests
{
    /// <summary>kn-sock sends sound as fast as the connection takes it: megabytes a second, of which a second needs 176 KB.</summary>
    [Fact]
    public async Task Ten_seconds_of_its_picture_and_its_flood_of_sound()
    {
        await using var server = await LegacyServer.StartAsync();
        await using (var channels = KnSockProcess.Start("channels", server.Address, "--json"))
        {
            await channels.ExpectExitAsync(0, TimeSpan.FromSeconds(15));
            Assert.Equal(["one.mp4", "two.mp4"], channels.LastJson.EnumerateArray().Select(c => c.GetProperty("name").GetString()!), StringComparer.Ordinal);
        }

        await using var play = TestServer.StartPlay(new KnSockProcessOptions(), server.Address, seconds: 10, "--video", "1");
        var memory = PeakMemoryAsync(play);
        var figures = await TestServer.FiguresOfAsync(play, 10);

        figures.AssertSmooth(10, frames: 280);
        Assert.Equal("two.mp4", figures.Channel);
        Assert.Equal(["360p"], figures.Renditions);
        Assert.True(figures is { FramesPresented: <= 306, AudioSeconds: <= 10.6, JoinMs: < 5000, LatencyP50Ms: > 100 and < 1000, BytesReceived: < 30_000_000 }, figures.ToString());
        Assert.InRange(await memory, 20, 200);
        Assert.Equal([1], server.Choices);
        Assert.True(server.BufferLevels.Count >= 8, $"{server.BufferLevels.Count} reports");
        Assert.InRange(server.BufferLevels.Skip(2).Average(), 0.1, 1);
    }

    [Fact]
    public async Task Our_own_server_speaks_as_kn_sock_with_those_who_want_that_and_says_why_they_get_what_they_get()
    {
        await using var server = await TestServer.StartAsync(TestVideos.FlashAndBeep, TestVideos.H264Aac);
        await using var play = TestServer.StartPlay(new KnSockProcessOptions(), server.Address, seconds: 4, "--legacy", "--video", "0");
        var record = await WhyAsync(server.Address);
        var figures = await TestServer.FiguresOfAsync(play, 4);

        figures.AssertSmooth(4, frames: 110);
        Assert.Equal(["720p"], figures.Renditions);
        Assert.Contains(server.Process.Error, l => l.Contains("kn-sock", StringComparison.Ordinal));
        var candidates = record.GetProperty("candidates").EnumerateArray().Select(c => c.GetProperty("name").GetString()!).ToList();
        Assert.Contains("720p-jpeg-60", candidates, StringComparer.Ordinal);
        Assert.NotEmpty(record.GetProperty("decision").GetProperty("reason").GetString()!);
    }

    [Fact]
    public async Task Damaged_sound_is_passed_over_concealed_and_in_step_again()
    {
        // A hit each 0.3 s.
        await using var server = await LegacyServer.StartAsync("--damage-audio", "50000", "--seed", "3");
        var (measured, loudest) = (new Measurement(), 0f);
        await using var client = new LiveStreamClient(new LiveStreamClientOptions { VideoPort = server.Port });
        var channels = await client.ConnectAsync(TestContext.Current.CancellationToken);
        using var ending = new CancellationTokenSource(TimeSpan.FromSeconds(9));
        var sink = new CallbackSink(measured.Add, sound =>
        {
            foreach (var sample in sound.Samples)
            {
                loudest = Math.Max(loudest, Math.Abs(sample));
            }

            measured.Add(sound);
        });
        var statistics = await client.PlayAsync(channels[0], sink, ending.Token);

        var report = LipSyncReport.Of(measured.Flashes, measured.Beeps);
        // A hit in a beep makes two of it, or none; the median is of those that were whole.
        var skew = report.Skews.Select(s => Math.Abs(s.TotalMilliseconds)).Order().ElementAtOrDefault(report.Skews.Count / 2);
        Assert.True(report.Skews.Count >= 5 && skew <= 20 && report.Skews[^1].Duration() < TimeSpan.FromMilliseconds(45), report.ToString());
        // What is heard of bytes that are not where they belong is noise at full level; the beeps have half of it.
        Assert.InRange(loudest, 0.3, 0.6);
        Assert.True(statistics is { Stalls: 0, Errors.Count: 0, AudioSeconds: > 7.5 }, $"{statistics.Stalls} stalls, {statistics.AudioSeconds} s; {string.Join("; ", statistics.Errors)}");
    }

    [Fact]
    public async Task Damaged_pictures_are_left_out_and_cost_no_more()
    {
        await using var server = await LegacyServer.StartAsync("--damage-video", "400000", "--kinds", "cut,insert,repeat,flip", "--audio", "paced");
        var statistics = await PlayAsync(server, TimeSpan.FromSeconds(4));

        Assert.True(statistics is { FramesPresented: > 60, Stalls: <= 1, AudioSeconds: > 2 }, $"{statistics.FramesPresented} pictures, {statistics.Stalls} stalls, {statistics.AudioSeconds} s");
    }

    [Theory]
    [InlineData("none", 3, "nothing answers at")]
    [InlineData("silent", 6.5, "nothing comes from")]
    public async Task Without_sound_the_picture_plays_and_one_line_says_so(string audio, double seconds, string expected)
    {
        await using var server = await LegacyServer.StartAsync("--audio", audio);
        var statistics = await PlayAsync(server, TimeSpan.FromSeconds(seconds));

        Assert.Contains(expected, Assert.Single(statistics.Errors), StringComparison.Ordinal);
        Assert.True(statistics.FramesPresented > (seconds - 1.5) * 28 && statistics.Stalls <= 1, $"{statistics.FramesPresented} pictures, {statistics.Stalls} stalls");
    }

    [Theory]
    [InlineData("video")]
    [InlineData("audio")]
    public async Task A_connection_that_it_closes_is_had_again(string which)
    {
        await using var server = await LegacyServer.StartAsync("--close-after", "2", "--close", which, "--audio", "paced");
        var statistics = await PlayAsync(server, TimeSpan.FromSeconds(5));

        Assert.Equal([0, 0], server.Choices);
        Assert.Empty(statistics.Errors);
        Assert.True(statistics is { FramesPresented: > 75, AudioSeconds: > 2 }, $"{statistics.FramesPresented} pictures, {statistics.AudioSeconds} s");
    }

    [Fact]
    public async Task Times_that_go_back_with_the_file_and_another_choice_while_playing()
    {
        await using var server = await LegacyServer.StartAsync("--times", "file", "--seconds", "2.5");
        await using var client = new LiveStreamClient(new LiveStreamClientOptions { VideoPort = server.Port, Legacy = true });
        var channels = await client.ConnectAsync(TestContext.Current.CancellationToken);
        var (widths, positions) = (new HashSet<int>(), new List<Media.Timestamp>());
        var sink = new ChoosingSink(
            new CallbackSink(frame =>
            {
                using (frame)
                {
                    widths.Add(frame.Width);
                    positions.Add(frame.Pts);
                }
            }),
            async playback =>
            {
                await UntilAsync(() => playback.Statistics.FramesPresented > 130);
                Assert.Equal(0, playback.Statistics.Stalls);
                Assert.InRange(playback.Channel.FrameRate, 29, 31);
                Assert.False(playback.CanSeek);
                await playback.SelectAsync(channels[1], TestContext.Current.CancellationToken);
                await UntilAsync(() => playback.Channel.Name == "two.mp4" && playback.Statistics.FramesPresented > 170);
            });
        var statistics = await client.PlayAsync(channels[0], sink, TestContext.Current.CancellationToken);

        Assert.Equal([0, 1], server.Choices);
        Assert.Empty(statistics.Errors);
        Assert.Equal(640, Assert.Single(widths));
        Assert.True(positions.Zip(positions.Skip(1)).Count(p => p.Second <= p.First) == 1, "positions went back other than with the choice");
    }

    [Fact]
    public async Task What_it_cannot_do_is_said_in_one_line()
    {
        await using var server = await LegacyServer.StartAsync();
        await AssertFailsAsync("which plays each video from its beginning", 1, "play", server.Address, "--headless", "--start", "10");
        await AssertFailsAsync("is a kn-sock server, which chooses nothing", 1, "why", server.Address);
        using var folder = new TemporaryFolder();
        await AssertFailsAsync("cannot be recorded", 1, "play", server.Address, "--headless", "--legacy", "--duration", "500ms", "--record", Path.Combine(folder.Path, "a.mp4"));

        await using var broken = await LegacyServer.StartAsync("--greeting", "{\"videos\": 3}");
        await AssertFailsAsync("is not a KnSock server", 1, "play", broken.Address, "--headless");
        await using var empty = await LegacyServer.StartAsync("--greeting", "{\"videos\": []}");
        await AssertFailsAsync("offers no videos", 1, "channels", empty.Address);
    }

    /// <summary>How things stand with the one viewer there is, once it is there.</summary>
    private static async Task<System.Text.Json.JsonElement> WhyAsync(string address)
    {
        for (var tries = 0; ; tries++)
        {
            await using var why = KnSockProcess.Start("why", address, "--json");
            await why.ExpectExitAsync(0, TimeSpan.FromSeconds(30));
            if (why.Output.Count > 0 && why.LastJson.GetProperty("present").GetBoolean())
            {
                return why.LastJson;
            }

            Assert.True(tries < 20, "nobody is told of");
        }
    }

    private static async Task<PlaybackStatistics> PlayAsync(LegacyServer server, TimeSpan length)
    {
        await using var client = new LiveStreamClient(new LiveStreamClientOptions { VideoPort = server.Port });
        var channels = await client.ConnectAsync(TestContext.Current.CancellationToken);
        using var ending = new CancellationTokenSource(length);
        return await client.PlayAsync(channels[0], new HeadlessSink(), ending.Token);
    }

    private static async Task AssertFailsAsync(string expected, int exitCode, params string[] arguments)
    {
        await using var process = KnSockProcess.Start(arguments);
        await process.ExpectExitAsync(exitCode, TimeSpan.FromSeconds(30));
        Assert.Contains(expected, Assert.Single(process.Error), StringComparison.Ordinal);
    }

    /// <summary>The most memory that a process had, MB.</summary>
    private static async Task<double> PeakMemoryAsync(KnSockProcess process)
    {
        var peak = 0.0;
        while (true)
        {
            try
            {
                var line = (await File.ReadAllLinesAsync($"/proc/{process.Id}/status")).First(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
                peak = double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], System.Globalization.CultureInfo.InvariantCulture) / 1024;
                await Task.Delay(100);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException)
            {
                return peak;
            }
        }
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        for (var i = 0; i < 2000 && !holds(); i++)
        {
            await Task.Delay(10);
        }

        Assert.True(holds(), "waited for 20 s in vain");
    }

    /// <summary>Plays until a script is through.</summary>
    private sealed class ChoosingSink(IMediaSink inner, Func<IPlayback, Task> script) : IMediaSink
    {
        public async Task RunAsync(IPlayback playback, CancellationToken cancellationToken)
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var playing = inner.RunAsync(playback, stop.Token);
            try
            {
                await await Task.WhenAny(playing, script(playback));
            }
            finally
            {
                await stop.CancelAsync();
                await playing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}

using System.Globalization;
using KnSock.Client;
using KnSock.Client.Playout;
using KnSock.Media;
using KnSock.Player;
using KnSock.Testing.LipSync;
using KnSock.Testing.Processes;
using KnSock.Testing.Videos;

namespace KnSock.EndToEnd.Tests;

/// <summary>
/// Many turns of a short loop at real speed. In the suite they are of a second; KNSOCK_LOOP_TURNS sets how many of five seconds are played instead
/// (bench/RESULTS.md has a run of 60).
/// </summary>
public class LoopTests
{
    private const int ShortTurns = 24;
    private static readonly TimeSpan MostChange = TimeSpan.FromMilliseconds(10);

    [Fact]
    public async Task Picture_and_sound_are_as_far_apart_after_many_turns_as_at_the_start()
    {
        var asked = Environment.GetEnvironmentVariable("KNSOCK_LOOP_TURNS");
        var turns = asked is null ? ShortTurns : int.Parse(asked, CultureInfo.InvariantCulture);
        var (video, turn, perTurn) = asked is null ? (TestVideos.FlashShortLoop, Turn(31), 1) : (TestVideos.FlashLoop, Turn(149), 5);
        var length = (turns * turn) + TimeSpan.FromSeconds(2);
        await using var server = await TestServer.StartAsync(video);
        var recording = Path.Combine(Path.GetTempPath(), $"knsock-{Guid.NewGuid():N}.mp4");
        await using var recorder = server.StartPlay(length.TotalSeconds, "--record", recording);
        await UntilRecordingAsync(recording);
        var (measured, pictures) = (new Measurement(), new List<(Timestamp Pts, TimeSpan At)>());
        await using var client = new LiveStreamClient(new LiveStreamClientOptions
        {
            Host = "127.0.0.1", VideoPort = server.Port, AudioPort = server.Port + 1, ControlPort = server.Port + 10,
        });
        var channels = await client.ConnectAsync(TestContext.Current.CancellationToken);
        Assert.Equal(turn.TotalSeconds, channels[0].DurationSeconds, 1e-6);
        using var ending = new CancellationTokenSource(length);
        var statistics = await client.PlayAsync(channels[0], new CallbackSink(Picture, measured.Add), ending.Token);

        var report = LipSyncReport.Of(measured.Flashes, measured.Beeps);
        var part = Math.Min(5 * perTurn, report.Skews.Count / 2);
        var (start, end) = (Median(report.Skews.Take(part)), Median(report.Skews.TakeLast(part)));
        var figures = string.Create(
            CultureInfo.InvariantCulture,
            $"{turns} turns of {turn.TotalSeconds:0.0000} s: skew {start.TotalMilliseconds:0.00} ms in the first {part} pairs, {end.TotalMilliseconds:0.00} ms in the last; {report}; "
            + $"{pictures.Count} pictures, {statistics.FramesDropped} dropped, {statistics.Stalls} stalls, sound {statistics.AudioSeconds:0.000} s; {string.Join("; ", statistics.Errors)}");
        TestContext.Current.TestOutputHelper?.WriteLine(figures);

        Assert.True(report.Skews.Count >= (turns * perTurn) - 1 && report is { LonelyFlashes: <= 1, LonelyBeeps: <= 1, P95Ms: <= 20 }, figures);
        Assert.True((end - start).Duration() <= MostChange, figures);
        Assert.True(statistics is { Stalls: 0, Errors.Count: 0 }, figures);
        Assert.All(pictures.Zip(pictures.Skip(1)), pair => Assert.True(pair.Second.Pts > pair.First.Pts, $"{pair.First} then {pair.Second}"));
        // What is played takes as long as its times say.
        Assert.InRange((pictures[^1].At - pictures[0].At - (pictures[^1].Pts - pictures[0].Pts)).TotalMilliseconds, -50, 50);
        await TestServer.FiguresOfAsync(recorder, length.TotalSeconds);
        await AssertRisingAsync(recording, length);
        File.Delete(recording);

        void Picture(VideoFrame frame)
        {
            pictures.Add((frame.Pts, TimeProvider.System.GetElapsedTime(0)));
            measured.Add(frame);
        }
    }

    /// <summary>Waits until starting the other viewer costs no time any more, which would be seen in the first flashes.</summary>
    private static async Task UntilRecordingAsync(string recording)
    {
        for (var waited = 0; waited < 300 && new FileInfo(recording) is not { Exists: true, Length: > 20_000 }; waited++)
        {
            await Task.Delay(100);
        }
    }

    /// <summary>The recording holds each unit's times on the viewer's timeline: rising and complete, over all seams.</summary>
    private static async Task AssertRisingAsync(string recording, TimeSpan length)
    {
        foreach (var (track, longest) in new[] { ("v:0", 1.5 * 1001 / 30_000), ("a:0", 1.01 * AudioUnit) })
        {
            var lines = await Command.RunAsync(
                "ffprobe", "-v", "error", "-select_streams", track, "-show_entries", "packet=dts_time,pts_time", "-of", "csv=p=0", recording);
            var times = lines.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(l => l.Split(',').Take(2).Select(t => double.Parse(t, CultureInfo.InvariantCulture)).ToArray()).ToList();
            // Of the last pictures, some that are presented before others may be missing.
            foreach (var list in new[] { times.Select(t => t[1]).ToList(), [.. times.Select(t => t[0]).Order().SkipLast(3)] })
            {
                Assert.InRange(list[^1] - list[0], length.TotalSeconds - 2, length.TotalSeconds + 1);
                Assert.All(list.Zip(list.Skip(1)), pair => Assert.InRange(pair.Second - pair.First, 1e-6, longest));
            }
        }
    }

    private const double AudioUnit = 1024 / 48_000.0;

    private static TimeSpan Turn(int frames) => TimeSpan.FromSeconds(frames * 1001 / 30_000.0);

    private static TimeSpan Median(IEnumerable<TimeSpan> values) => values.Order().ToList() is var sorted ? sorted[sorted.Count / 2] : default;
}

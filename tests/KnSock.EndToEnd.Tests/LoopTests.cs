using System.Globalization;
using KnSock.Client;
using KnSock.Client.Playout;
using KnSock.Media;
using KnSock.Player;
using KnSock.Testing.LipSync;
using KnSock.Testing.Videos;

namespace KnSock.EndToEnd.Tests;

/// <summary>
/// Many turns of a short loop at real speed. In the suite they are of a second; KNSOCK_LOOP_TURNS sets how many of five seconds are played instead
/// (bench/RESULTS.md has a run of 60).
/// </summary>
[Collection(nameof(Alone))]
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
        var (measured, pictures) = (new Measurement(), new List<(Timestamp Pts, TimeSpan At)>());
        var units = new UnitSink();
        var collecting = PlayAsync(server, units, length);
        var statistics = await PlayAsync(server, new CallbackSink(Picture, measured.Add), length);

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
        Assert.InRange((pictures[^1].At - pictures[0].At - (pictures[^1].Pts - pictures[0].Pts)).TotalMilliseconds, -100, 100);
        Assert.True(await collecting is { Stalls: 0, Errors.Count: 0 });
        AssertOneTimeline(units, length);

        void Picture(VideoFrame frame)
        {
            pictures.Add((frame.Pts, TimeProvider.System.GetElapsedTime(0)));
            measured.Add(frame);
        }
    }

    /// <summary>
    /// The tone goes on over the seams as it is heard, without a gap, a step or a click.
    /// </summary>
    [Fact]
    public async Task A_tone_goes_on_over_the_seams()
    {
        await using var server = await TestServer.StartAsync(TestVideos.ToneLoop);
        var (heard, rate, turn) = (new List<float>(), 0, Turn(31));
        await PlayAsync(server, new CallbackSink(static frame => frame.Dispose(), Listen), TimeSpan.FromSeconds(9));

        const int Block = 480;
        var frequency = 455 / turn.TotalSeconds;
        var residuals = heard.Skip(rate / 2).Chunk(Block).SkipLast(1).Select((block, i) => (At: i * Block / (double)rate, Db: Residual(block, 2 * Math.PI * frequency / rate))).ToList();
        Assert.True(residuals.Count > 700, $"{residuals.Count} blocks");
        var disturbed = residuals.Where(r => r.Db > -25).ToList();
        TestContext.Current.TestOutputHelper?.WriteLine($"loudest {residuals.Max(r => r.Db):0.0} dB; " + string.Join("  ", disturbed.Select(d => string.Create(CultureInfo.InvariantCulture, $"{d.At:0.000} s {d.Db:0.0} dB"))));

        Assert.Empty(disturbed);

        void Listen(HeardSound sound)
        {
            rate = sound.SampleRate;
            for (var i = 0; i < sound.Samples.Length; i += sound.Channels)
            {
                heard.Add(sound.Samples[i]);
            }
        }
    }

    private static async Task<PlaybackStatistics> PlayAsync(TestServer server, IMediaSink sink, TimeSpan length)
    {
        await using var client = new LiveStreamClient(new LiveStreamClientOptions
        {
            Host = "127.0.0.1", VideoPort = server.Port, AudioPort = server.Port + 1, ControlPort = server.Port + 10,
        });
        var channels = await client.ConnectAsync(TestContext.Current.CancellationToken);
        using var ending = new CancellationTokenSource(length);
        return await client.PlayAsync(channels[0], sink, ending.Token);
    }

    /// <summary>Both tracks are complete and in order over all seams, and nothing begins anew but at the start.</summary>
    private static void AssertOneTimeline(UnitSink units, TimeSpan length)
    {
        foreach (var track in new[] { units.Pictures, units.Sounds })
        {
            Assert.InRange((track[^1].Unit.Pts - track[0].Unit.Pts).TotalSeconds, length.TotalSeconds - 2, length.TotalSeconds + 10);
            Assert.All(track.Skip(1), u => Assert.False(u.Discontinuity));
            Assert.All(track.Zip(track.Skip(1)), pair => Assert.True(pair.Second.Unit.Dts > pair.First.Unit.Dts));
            // Of the last pictures, some that are presented before others may be missing.
            var presented = track.Select(u => u.Unit).OrderBy(u => u.Pts).SkipLast(3).ToList();
            Assert.All(presented.Zip(presented.Skip(1)), pair => Assert.InRange((pair.Second.Pts - pair.First.End).TotalMicroseconds, -1, 1));
            Assert.All(presented.Zip(presented.Skip(1)), pair => Assert.True(pair.Second.Pts > pair.First.Pts));
        }
    }

    /// <summary>What of a block is not the tone, against the block.</summary>
    private static double Residual(float[] block, double step)
    {
        double ss = 0, cc = 0, sc = 0, xs = 0, xc = 0, xx = 1e-12;
        for (var i = 0; i < block.Length; i++)
        {
            var ((s, c), x) = (Math.SinCos(step * i), block[i]);
            (ss, cc, sc) = (ss + (s * s), cc + (c * c), sc + (s * c));
            (xs, xc, xx) = (xs + (x * s), xc + (x * c), xx + (x * x));
        }

        var determinant = (ss * cc) - (sc * sc);
        var (a, b) = (((xs * cc) - (xc * sc)) / determinant, ((xc * ss) - (xs * sc)) / determinant);
        return 10 * Math.Log10(Math.Max(1e-12, 1 - (((a * xs) + (b * xc)) / xx)));
    }

    private static TimeSpan Turn(int frames) => TimeSpan.FromSeconds(frames * 1001 / 30_000.0);

    private static TimeSpan Median(IEnumerable<TimeSpan> values) => values.Order().ToList() is var sorted ? sorted[sorted.Count / 2] : default;
}

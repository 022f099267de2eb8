using System.Globalization;
using System.Runtime.InteropServices;
using KnSock.Testing.LipSync;
using KnSock.Testing.Processes;
using KnSock.Testing.Videos;

namespace KnSock.Testing.Tests;

public class LipSyncTests
{
    private const int Rate = 48_000;

    [Theory]
    [InlineData(48_000, 0.5)]
    [InlineData(44_100, 0.5)]
    [InlineData(48_000, 0.05)]
    public void A_beep_is_found_where_it_begins(int rate, double loudness)
    {
        var beeps = new BeepDetector();
        beeps.Add(Beeps(rate, loudness, 0.1234, 1.5), 1, rate, TimeSpan.FromSeconds(7));
        Assert.Collection(
            beeps.Onsets,
            first => Assert.Equal(7_123.4, first.TotalMilliseconds, 0.2),
            second => Assert.Equal(8_500.0, second.TotalMilliseconds, 0.2));
    }

    [Fact]
    public void A_beep_is_found_however_the_samples_are_cut()
    {
        var samples = Beeps(Rate, 0.5, 0.5, 1.25);
        var beeps = new BeepDetector();
        for (var from = 0; from < samples.Length; from += 1024)
        {
            // Times in whole microseconds, as a player gives them.
            var time = TimeSpan.FromMicroseconds(from * 1_000_000L / Rate);
            beeps.Add(samples.AsSpan(from, Math.Min(1024, samples.Length - from)), 1, Rate, time);
        }

        Assert.Equal(2, beeps.Onsets.Count);
        Assert.Equal(1250.0, beeps.Onsets[1].TotalMilliseconds, 0.2);
    }

    [Fact]
    public void The_first_of_the_channels_is_listened_to()
    {
        var mono = Beeps(Rate, 0.5, 0.5);
        var stereo = mono.SelectMany(s => new[] { s, 0f }).ToArray();
        var beeps = new BeepDetector();
        beeps.Add(stereo, 2, Rate, TimeSpan.Zero);
        Assert.Equal(500.0, Assert.Single(beeps.Onsets).TotalMilliseconds, 0.2);
    }

    [Fact]
    public void Another_tone_a_click_and_noise_are_no_beeps()
    {
        var random = new Random(1);
        var samples = new float[2 * Rate];
        for (var i = 0; i < samples.Length; i++)
        {
            samples[i] = (float)((0.3 * Math.Sin(2 * Math.PI * 440 * i / Rate)) + (0.02 * (random.NextDouble() - 0.5)));
        }

        // 440 Hz leaks into so short a window, so only a silent part tells a click from a beep.
        samples.AsSpan(Rate / 2, Rate / 2).Clear();
        samples[Rate * 3 / 4] = 1;
        var beeps = new BeepDetector();
        beeps.Add(samples.AsSpan(Rate / 2, Rate / 2), 1, Rate, TimeSpan.Zero);
        Assert.Empty(beeps.Onsets);
    }

    [Fact]
    public void Where_the_samples_jump_the_detector_starts_anew()
    {
        var beeps = new BeepDetector();
        var samples = Beeps(Rate, 0.5, 0.5);
        beeps.Add(samples, 1, Rate, TimeSpan.Zero);
        beeps.Add(samples, 1, Rate, TimeSpan.FromSeconds(60));
        Assert.Equal(60_500.0, beeps.Onsets[1].TotalMilliseconds, 0.2);
    }

    [Fact]
    public void A_flash_of_two_pictures_counts_once_and_grey_does_not_count()
    {
        var flashes = new FlashDetector();
        byte[] luma = [30, 30, 235, 235, 30, 150, 30, 235, 130, 235, 30];
        for (var i = 0; i < luma.Length; i++)
        {
            var picture = new byte[640 * 360];
            Array.Fill(picture, luma[i]);
            flashes.Add(picture, TimeSpan.FromMilliseconds(i * 100));
        }

        Assert.Equal([200.0, 700.0], flashes.Onsets.Select(o => o.TotalMilliseconds));
    }

    [Fact]
    public void Flashes_and_beeps_are_paired_with_the_nearest()
    {
        TimeSpan[] flashes = [Ms(520), Ms(1490), Ms(2500), Ms(9000)];
        TimeSpan[] beeps = [Ms(500), Ms(1500), Ms(2503), Ms(5000), Ms(6000)];
        var report = LipSyncReport.Of(flashes, beeps);
        Assert.Equal([20.0, -10.0, -3.0], report.Skews.Select(s => s.TotalMilliseconds));
        Assert.Equal((1, 2), (report.LonelyFlashes, report.LonelyBeeps));
        Assert.Equal((20.0, 20.0), (report.P95Ms, report.WorstMs));
        Assert.Equal(7.0 / 3, report.MeanMs, 0.01);
    }

    [Fact]
    public void Without_pairs_the_skew_is_no_number() => Assert.Equal(double.NaN, LipSyncReport.Of([], []).P95Ms);

    [Fact]
    public async Task The_sample_itself_is_in_step_within_two_milliseconds()
    {
        var path = await TestVideos.FlashAndBeep.GetPathAsync();
        var flashes = await FlashesOfAsync(path);
        var beeps = await BeepsOfAsync(path);

        var expected = Enumerable.Range(0, 20).Select(second => (second + 0.5) * 1000).ToList();
        Assert.Equal(expected.Count, flashes.Count);
        Assert.All(flashes.Zip(expected), pair => Assert.Equal(pair.Second, pair.First.TotalMilliseconds, 0.1));
        var report = LipSyncReport.Of(flashes, beeps);
        Assert.True(report is { Skews.Count: 20, LonelyBeeps: 0, WorstMs: < 2 }, report.ToString());
    }

    private static async Task<IReadOnlyList<TimeSpan>> FlashesOfAsync(string path)
    {
        const int size = 160 * 90;
        var times = await Command.RunAsync(
            "ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries", "frame=pts_time", "-of", "csv=p=0", path);
        var luma = await Command.RunForBytesAsync(
            "ffmpeg", "-v", "error", "-nostdin", "-i", path, "-vf", "scale=160:90", "-fps_mode", "passthrough", "-pix_fmt", "gray", "-f", "rawvideo", "-");
        var flashes = new FlashDetector();
        foreach (var (line, index) in times.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select((line, index) => (line, index)))
        {
            var time = double.Parse(line.TrimEnd(','), CultureInfo.InvariantCulture);
            flashes.Add(luma.AsSpan(index * size, size), TimeSpan.FromSeconds(time));
        }

        return flashes.Onsets;
    }

    private static async Task<IReadOnlyList<TimeSpan>> BeepsOfAsync(string path)
    {
        var bytes = await Command.RunForBytesAsync(
            "ffmpeg", "-v", "error", "-nostdin", "-i", path, "-ac", "1", "-ar", "48000", "-f", "f32le", "-");
        var beeps = new BeepDetector();
        beeps.Add(MemoryMarshal.Cast<byte, float>(bytes), 1, Rate, TimeSpan.Zero);
        return beeps.Onsets;
    }

    private static float[] Beeps(int rate, double loudness, params double[] starts)
    {
        var samples = new float[2 * rate];
        foreach (var start in starts)
        {
            var first = (int)Math.Ceiling(start * rate);
            for (var i = first; i < first + (int)(rate / 15.0); i++)
            {
                samples[i] = (float)(loudness * Math.Sin(2 * Math.PI * 1000 * ((double)i / rate - start)));
            }
        }

        return samples;
    }

    private static TimeSpan Ms(double milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}

using System.Globalization;
using System.Text.Json;
using KnSock.Testing.Processes;
using KnSock.Testing.Videos;

namespace KnSock.Testing.Tests;

/// <summary>The sources are what they say.</summary>
public class TestVideoTests
{
    [Theory]
    [InlineData("h264-aac.mp4", "h264 640x360 30/1", "aac 48000 2", 12)]
    [InlineData("hevc-ac3.mkv", "hevc 640x360 30/1", "ac3 48000 2", 12)]
    [InlineData("vp9-opus.webm", "vp9 640x360 30/1", "opus 48000 2", 12)]
    [InlineData("mpeg2.ts", "mpeg2video 640x360 25/1", "mp2 48000 2", 12)]
    [InlineData("no-sound.mp4", "h264 640x360 30/1", null, 12)]
    [InlineData("mono-44100.mp4", "h264 640x360 30/1", "aac 44100 1", 12)]
    [InlineData("rate-23976.mp4", "h264 640x360 24000/1001", "aac 48000 2", 12)]
    [InlineData("rate-25.mp4", "h264 640x360 25/1", "aac 48000 2", 12)]
    [InlineData("rate-50.mp4", "h264 640x360 50/1", "aac 48000 2", 12)]
    [InlineData("rate-60.mp4", "h264 640x360 60/1", "aac 48000 2", 12)]
    [InlineData("rotated.mp4", "h264 640x360 30/1", "aac 48000 2", 12)]
    [InlineData("odd-853x481.mkv", "mpeg4 853x481 30/1", "aac 48000 2", 12)]
    [InlineData("short-3s.mp4", "h264 640x360 30/1", "aac 48000 2", 3)]
    [InlineData("anamorphic-4-3.mp4", "h264 720x576 25/1", "aac 48000 2", 12)]
    [InlineData("uhd-2160.mp4", "h264 3840x2160 30/1", "aac 48000 2", 12)]
    [InlineData("detailed-720.mp4", "h264 1280x720 30/1", "aac 48000 2", 12)]
    [InlineData("flash-and-beep.mp4", "h264 1280x720 30/1", "aac 48000 2", 20)]
    public async Task A_source_is_what_its_name_says(string name, string video, string? audio, double seconds)
    {
        using var probe = await ProbeAsync(TestVideos.Named(name));
        var picture = Stream(probe, "video")!.Value;
        Assert.Equal(video, $"{picture.GetProperty("codec_name")} {picture.GetProperty("width")}x{picture.GetProperty("height")} {picture.GetProperty("avg_frame_rate")}");
        Assert.Equal(audio, Stream(probe, "audio") is { } sound ? $"{sound.GetProperty("codec_name")} {sound.GetProperty("sample_rate")} {sound.GetProperty("channels")}" : null);
        Assert.Equal(seconds, Duration(probe), 0.1);
    }

    [Fact]
    public async Task The_variable_rate_varies()
    {
        var times = await Command.RunAsync(
            "ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries", "frame=pts_time", "-of", "csv=p=0", await TestVideos.VariableRate.GetPathAsync());
        var seconds = times.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(t => double.Parse(t.TrimEnd(','), CultureInfo.InvariantCulture)).ToList();
        var gaps = seconds.Zip(seconds.Skip(1), (a, b) => b - a).ToList();
        Assert.Equal(1.0 / 30, gaps.Min(), 0.002);
        Assert.Equal(0.1, gaps.Max(), 0.002);
    }

    [Fact]
    public async Task The_rotated_one_is_rotated()
    {
        using var probe = await ProbeAsync(TestVideos.Rotated);
        var rotation = Stream(probe, "video")!.Value.GetProperty("side_data_list").EnumerateArray()
            .Select(d => d.TryGetProperty("rotation", out var r) ? r.GetInt32() : 0).Single(r => r != 0);
        Assert.Equal(90, Math.Abs(rotation));
    }

    [Fact]
    public async Task The_anamorphic_one_is_four_to_three()
    {
        using var probe = await ProbeAsync(TestVideos.Anamorphic);
        Assert.Equal("4:3", Stream(probe, "video")!.Value.GetProperty("display_aspect_ratio").GetString());
    }

    [Fact]
    public async Task The_detailed_one_stays_rich_at_three_megabits()
    {
        using var probe = await ProbeAsync(TestVideos.Detailed);
        Assert.True(long.Parse(probe.RootElement.GetProperty("format").GetProperty("bit_rate").GetString()!, CultureInfo.InvariantCulture) > 6_000_000);
    }

    [Theory]
    [InlineData("empty.mp4")]
    [InlineData("text.mp4")]
    [InlineData("truncated.mp4")]
    public async Task A_bad_file_cannot_be_probed(string name)
    {
        var result = await Command.TryRunAsync("ffprobe", ["-v", "error", await TestVideos.Named(name).GetPathAsync()], TestContext.Current.CancellationToken);
        Assert.NotEqual(0, result.ExitCode);
    }

    [Fact]
    public async Task A_video_is_made_once_also_when_many_want_it_at_once()
    {
        var made = 0;
        var recipe = Guid.NewGuid().ToString();
        Task Make(string path)
        {
            Interlocked.Increment(ref made);
            return File.WriteAllTextAsync(path, "x");
        }

        var video = new TestVideo("once.mp4", recipe, Make);
        var paths = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(video.GetPathAsync)));
        var again = await new TestVideo("once.mp4", recipe, Make).GetPathAsync();
        Assert.Equal(1, made);
        Assert.All(paths, p => Assert.Equal(again, p));
        Assert.Single(Directory.EnumerateFiles(Path.GetDirectoryName(again)!));
        Directory.Delete(Path.GetDirectoryName(again)!, recursive: true);
    }

    private static async Task<JsonDocument> ProbeAsync(TestVideo video) => JsonDocument.Parse(await Command.RunAsync(
        "ffprobe", "-v", "error", "-show_streams", "-show_format", "-of", "json", await video.GetPathAsync()));

    private static JsonElement? Stream(JsonDocument probe, string kind)
    {
        var streams = probe.RootElement.GetProperty("streams").EnumerateArray()
            .Where(s => s.GetProperty("codec_type").GetString() == kind).ToList();
        return streams.Count == 0 ? null : streams[0];
    }

    private static double Duration(JsonDocument probe) =>
        double.Parse(probe.RootElement.GetProperty("format").GetProperty("duration").GetString()!, CultureInfo.InvariantCulture);
}

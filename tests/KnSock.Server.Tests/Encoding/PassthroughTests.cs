using System.Security.Cryptography;
using KnSock.Media;
using KnSock.Server.Encoding;
using KnSock.Server.Sources;
using KnSock.Testing.Processes;

namespace KnSock.Server.Tests.Encoding;

/// <summary>The real ffmpeg hands on a source's own packets, and encodes the other rungs to its keyframes.</summary>
public sealed class PassthroughTests(SmallVideos videos) : IClassFixture<SmallVideos>
{
    public static TheoryData<string> Sources => ["cuts.mp4", "cuts.mkv", "cuts-ntsc.mp4", "cuts-3-b.mp4", "cuts-in-band.mp4", "all-keyframes.mp4"];

    [Theory]
    [MemberData(nameof(Sources))]
    public async Task UnitsAreThePacketsOfTheSourceByteForByteWhereverARunBegins(string name)
    {
        var source = await videos.ExamineAsync(name);
        var timeline = TimelineOf(source);
        var expected = await PacketsAsync(source.Path);
        Assert.Equal(timeline.FrameCount, expected.Count);

        foreach (var gop in Enumerable.Range(0, timeline.GopCount))
        {
            var units = await EncodeAsync(source, timeline, Top, gop, timeline.GopCount);
            var first = timeline.FirstFrame(gop);
            Assert.Equal(expected.Skip((int)first).Select(p => p.Hash), units.Select(u => Convert.ToHexStringLower(SHA256.HashData(u.Payload.Span))), StringComparer.Ordinal);
            Assert.Equal(
                expected.Skip((int)first).Select(p => (long)Math.Round((p.Pts - expected[0].Pts) * timeline.FrameRate.PerSecond)).Select(timeline.FrameRate.StartOf),
                units.Select(u => u.Pts));
            AssertWellFormed(units, timeline, gop, timeline.GopCount);
        }
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public async Task OtherRungsHaveTheKeyframesOfTheSource(string name)
    {
        var source = await videos.ExamineAsync(name);
        var timeline = TimelineOf(source);
        foreach (var (first, end) in new[] { (0, timeline.GopCount), (1, 3), (timeline.GopCount / 2, timeline.GopCount), (timeline.GopCount - 1, timeline.GopCount) })
        {
            var units = await EncodeAsync(source, timeline, Make.Rung(rate: timeline.FrameRate, width: 80, height: 44), first, end);

            AssertWellFormed(units, timeline, first, end);
            Assert.Equal(Enumerable.Range(first, end - first).Select(timeline.GopStart), units.Where(u => u.IsKeyframe).Select(u => u.Pts));
        }
    }

    /// <summary>A Matroska with AAC begins with sound; the loop's zero is that of the picture, for the other rungs as well.</summary>
    [Theory]
    [InlineData("cuts.mp4")]
    [InlineData("cuts.mkv")]
    public async Task EncodedPicturesAreThoseOfTheSameTime(string name)
    {
        var source = await videos.ExamineAsync(name);
        var timeline = TimelineOf(source);
        var passed = await HashesAsync(["-i", source.Path, "-map", "0:V:0", "-fps_mode", "passthrough"]);
        foreach (var gop in new[] { 0, timeline.GopCount / 2 })
        {
            // The filters of the encoded rung up to its scaling, which here is to the same size.
            var run = new EncoderRun { Renditions = [Make.Rung(width: 160, height: 90)], FirstGop = gop, EndGop = timeline.GopCount };
            var encoded = await HashesAsync(EncoderArguments.For(source, timeline, run).TakeWhile(a => a != "-c:v"));

            Assert.Equal(passed.Skip((int)timeline.FirstFrame(gop)), encoded, StringComparer.Ordinal);
        }
    }

    [Fact]
    public void TimesOfKeyframesFitIntoAnArgument()
    {
        foreach (var rate in new[] { Make.Film, Make.Ntsc, Make.Fps(25), Make.Fps(60), new FrameRate(60_000, 1001) })
        {
            var gop = (long)Math.Ceiling(rate.PerSecond / 2);
            var starts = Enumerable.Range(0, EncoderArguments.MostGops).Select(g => g * gop).ToArray();
            var timeline = new LoopTimeline(rate, (starts.Length * gop) + 1, starts, Make.SampleRate);
            var run = new EncoderRun { Renditions = [Make.Rung()], FirstGop = 0, EndGop = timeline.GopCount };
            var arguments = EncoderArguments.For(Make.Source("/a.mp4"), timeline, run).ToList();
            var times = arguments[arguments.IndexOf("-force_key_frames") + 1];

            Assert.InRange(times.Length, 1, 120_000);
            foreach (var (time, start) in times.Split(',').Zip(starts.Skip(1)))
            {
                var frame = double.Parse(time, System.Globalization.CultureInfo.InvariantCulture) * rate.PerSecond;
                Assert.InRange(frame, start - 0.45, start + 1e-6);
            }
        }
    }

    [Fact]
    public async Task AFileThatChangedIsNoticed()
    {
        var source = await videos.ExamineAsync("cuts.mp4");
        var timeline = TimelineOf(source);
        var other = source with { Path = await videos.PathOfAsync("b-frames.mp4") };

        await Assert.ThrowsAsync<EncoderException>(() => EncodeAsync(other, timeline, Top, 0, timeline.GopCount));
    }

    private static VideoRendition Top => Make.Rung() with { IsPassthrough = true };

    private static LoopTimeline TimelineOf(MediaSource source) =>
        new(source.Video.FrameRate, source.Passthrough!.FrameCount, source.Passthrough.GopStarts, Make.SampleRate);

    private static void AssertWellFormed(List<AccessUnit> units, LoopTimeline timeline, int firstGop, int endGop)
    {
        var first = (int)timeline.FirstFrame(firstGop);
        var count = (int)timeline.FirstFrame(endGop) - first;
        Assert.Equal(Enumerable.Range(first, count).Select(n => (uint)n), units.Select(u => u.Sequence));
        Assert.Equal(Enumerable.Range(first, count).Select(n => timeline.FrameRate.StartOf(n)), units.Select(u => u.Pts).Order());
        Assert.All(units, u => Assert.True(u.Dts <= u.Pts));
        // In all rungs and runs alike, so that they rise over seams and changes of rung.
        Assert.Equal(units.Select(u => timeline.FrameRate.StartOf(u.Sequence - 2L)), units.Select(u => u.Dts));
        foreach (var unit in units)
        {
            var gop = timeline.GopOf(unit.Sequence);
            Assert.True(unit.Sequence != timeline.FirstFrame(gop) || unit.IsKeyframe);
            Assert.True(unit.Pts >= timeline.GopStart(gop) && unit.End <= timeline.GopStart(gop + 1));
        }
    }

    private static async Task<List<AccessUnit>> EncodeAsync(MediaSource source, LoopTimeline timeline, VideoRendition rung, int firstGop, int endGop)
    {
        var encoder = new RenditionEncoder(await SmallVideos.ToolsAsync(), source, timeline, new EncoderSettings());
        var run = new EncoderRun { Renditions = [rung], FirstGop = firstGop, EndGop = endGop };
        var units = new List<AccessUnit>();
        await foreach (var made in encoder.EncodeAsync(run, CancellationToken.None))
        {
            units.Add(made.Unit);
        }

        return units;
    }

    /// <summary>The source's packets as ffmpeg reads them.</summary>
    private static async Task<List<(double Pts, string Hash)>> PacketsAsync(string path)
    {
        var text = await Command.RunAsync("ffmpeg", ["-v", "error", "-copyts", "-i", path, "-map", "0:V:0", "-c", "copy", "-f", "framehash", "-hash", "sha256", "pipe:1"]);
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var timeBase = lines.First(l => l.StartsWith("#tb 0:", StringComparison.Ordinal)).Split(' ')[^1].Split('/').Select(double.Parse).ToArray();
        return [.. lines.Where(l => l[0] != '#')
            .Select(l => l.Split(',', StringSplitOptions.TrimEntries))
            .Select(f => (double.Parse(f[2], System.Globalization.CultureInfo.InvariantCulture) * timeBase[0] / timeBase[1], f[5]))];
    }

    private static async Task<string[]> HashesAsync(IEnumerable<string> arguments)
    {
        var text = await Command.RunAsync("ffmpeg", ["-v", "error", .. arguments, "-pix_fmt", "yuv420p", "-f", "framehash", "-hash", "sha256", "pipe:1"]);
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(l => l[0] != '#').Select(l => l.Split(',')[^1].Trim())];
    }
}

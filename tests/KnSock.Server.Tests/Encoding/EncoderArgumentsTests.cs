using KnSock.Media;
using KnSock.Server.Encoding;
using KnSock.Server.Sources;
using KnSock.Testing.Processes;

namespace KnSock.Server.Tests.Encoding;

/// <summary>What the real ffmpeg makes of the arguments, before it is encoded.</summary>
public sealed class EncoderArgumentsTests(SmallVideos videos) : IClassFixture<SmallVideos>
{
    [Theory]
    [InlineData("plain.mp4")]
    [InlineData("b-frames.mp4")]
    [InlineData("film.mkv")]
    [InlineData("fast.mp4", 30)]
    [InlineData("variable.mkv")]
    [InlineData("held.mkv")]
    [InlineData("program.ts")]
    [InlineData("short-picture.mkv")]
    [InlineData("late-picture.mkv")]
    [InlineData("one-frame.mp4")]
    [InlineData("tiny-tail.mp4")]
    public async Task ARunFromAnyGopMakesTheFramesOfARunFromTheStart(string name, int maxFrameRate = 60)
    {
        var source = await videos.ProbeAsync(name);
        var timeline = TimelineOf(source, maxFrameRate);

        var whole = await FramesAsync(source, timeline, 0);

        Assert.Equal(timeline.FrameCount, whole.Length);
        foreach (var gop in new[] { 1, timeline.GopCount / 2, timeline.GopCount - 2, timeline.GopCount - 1 }.Where(g => g > 0).Distinct())
        {
            var part = await FramesAsync(source, timeline, gop);
            Assert.Equal(whole[(int)timeline.FirstFrame(gop)..], part);
        }
    }

    [Fact]
    public async Task FramesOfAConstantRateAreTheSourcesOwn()
    {
        var source = await videos.ProbeAsync("b-frames.mp4");
        var expected = await Command.RunAsync(
            "ffmpeg", "-v", "error", "-i", source.Path, "-vf", "scale=80:44:flags=bicubic,setsar=1,format=yuv420p", "-an", "-f", "framemd5", "pipe:1");

        Assert.Equal(Hashes(expected), await FramesAsync(source, TimelineOf(source, 60), 0));
    }

    [Fact]
    public async Task APictureThatEndsEarlyIsHeldToTheEndOfTheTurn()
    {
        var source = await videos.ProbeAsync("short-picture.mkv");
        var longer = source with { Video = source.Video with { Duration = TimeSpan.FromSeconds(7) } };
        var timeline = TimelineOf(longer, 60);

        var whole = await FramesAsync(longer, timeline, 0);
        var late = await FramesAsync(longer, timeline, 6);

        Assert.Equal(210, whole.Length);
        Assert.Single(whole[75..].Distinct(StringComparer.Ordinal));
        Assert.Equal(whole[180..], late);
    }

    [Fact]
    public async Task ACoverIsNotTakenForThePicture()
    {
        var source = await videos.ProbeAsync("plain.mp4");
        var arguments = Arguments(source, TimelineOf(source, 60), Make.Rung(), 0);

        // ffmpeg's V is all pictures but covers.
        Assert.StartsWith("[0:V:0]", arguments[arguments.ToList().IndexOf("-filter_complex") + 1], StringComparison.Ordinal);
    }

    [Fact]
    public void HostilePathsStayOneArgument()
    {
        var source = Make.Source("/videos/-f lavfi\n\"x\" ;rm.mp4");
        var timeline = Make.Timeline(Make.Fps(30), 10);

        foreach (var arguments in new[] { Arguments(source, timeline, Make.Rung(), 3), Arguments(source, timeline, Make.Stereo, 3) })
        {
            // The sound is read twice where it goes on over the seam.
            var inputs = arguments.Index().Where(a => a.Item == "-i").Select(a => a.Index).ToList();
            Assert.All(inputs, input => Assert.Equal("file:" + source.Path, arguments[input + 1]));
            Assert.Equal(inputs.Count, arguments.Count(a => a is "-protocol_whitelist"));
            Assert.Equal(inputs.Count, arguments.Count(a => a is "-format_whitelist"));
            Assert.True(arguments.ToList().IndexOf("-protocol_whitelist") < inputs[0]);
            Assert.DoesNotContain(arguments.Where((_, i) => !inputs.Contains(i - 1)), a => a.Contains("rm.mp4", StringComparison.Ordinal));
        }
    }

    private static LoopTimeline TimelineOf(MediaSource source, int maxFrameRate) => new(
        SourceFrameRate.Cap(source.Video.FrameRate, maxFrameRate), source.Video.Duration, TimeSpan.FromSeconds(1), Make.SampleRate);

    private static IReadOnlyList<string> Arguments(MediaSource source, LoopTimeline timeline, Rendition rendition, int gop) => EncoderArguments.For(
        source, timeline, new EncoderRun { Renditions = [rendition], FirstGop = gop, EndGop = timeline.GopCount, Preset = "ultrafast" });

    private static async Task<string[]> FramesAsync(MediaSource source, LoopTimeline timeline, int gop)
    {
        var rung = Make.Rung(width: 80, height: 44, rate: timeline.FrameRate);
        var arguments = Arguments(source, timeline, rung, gop);
        var upToEncoder = arguments.TakeWhile(a => a != "-c:v");
        return Hashes(await Command.RunAsync("ffmpeg", [.. upToEncoder, "-pix_fmt", "yuv420p", "-f", "framemd5", "pipe:1"]));
    }

    private static string[] Hashes(string framemd5) =>
        [.. framemd5.Split('\n').Where(l => l.Length > 0 && l[0] != '#').Select(l => l.Split(',')[^1].Trim())];
}

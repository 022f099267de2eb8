using KnSock.Media;
using KnSock.Server.Encoding;
using KnSock.Server.Sources;

namespace KnSock.Server.Tests.Encoding;

/// <summary>The real ffmpeg as an encoder of the picture.</summary>
public sealed class RenditionEncoderTests(SmallVideos videos) : IClassFixture<SmallVideos>
{
    [Theory]
    [InlineData("plain.mp4", 0)]
    [InlineData("plain.mp4", 3)]
    [InlineData("film.mkv", 0)]
    [InlineData("film.mkv", 4)]
    [InlineData("variable.mkv", 1)]
    [InlineData("tiny-tail.mp4", 0)]
    [InlineData("tiny-tail.mp4", 7)]
    [InlineData("one-frame.mp4", 0)]
    public async Task UnitsLieOnTheFrameGrid(string name, int firstGop)
    {
        var source = await videos.ProbeAsync(name);
        var timeline = new LoopTimeline(source.Video.FrameRate, source.Video.Duration, TimeSpan.FromSeconds(1), Make.SampleRate);
        var first = timeline.FirstFrame(firstGop);

        var units = await EncodeAsync(source, timeline, firstGop);

        Assert.Equal(timeline.FrameCount - first, units.Count);
        Assert.Equal(Enumerable.Range((int)first, units.Count).Select(n => (uint)n), units.Select(u => u.Sequence));
        Assert.Equal(Enumerable.Range((int)first, units.Count).Select(n => timeline.FrameRate.StartOf(n)), units.Select(u => u.Pts).Order());
        Assert.All(units, u => Assert.True(u.Dts <= u.Pts));
        // In all rungs and runs alike, so that they rise over seams and changes of rung.
        Assert.Equal(units.Select(u => timeline.FrameRate.StartOf(u.Sequence - 2L)), units.Select(u => u.Dts));
        Assert.All(units, u => Assert.Equal(u.Sequence % timeline.GopFrames == 0, u.IsKeyframe));
        // A closed GOP: its pictures are shown within its own time.
        foreach (var unit in units)
        {
            var gop = timeline.GopOf(unit.Sequence);
            Assert.True(unit.Pts >= timeline.GopStart(gop) && unit.End <= timeline.GopStart(gop + 1));
        }
    }

    [Fact]
    public async Task ConfigurationsOfTwoRunsAreTheSame()
    {
        var source = await videos.ProbeAsync("plain.mp4");
        var timeline = new LoopTimeline(source.Video.FrameRate, source.Video.Duration, TimeSpan.FromSeconds(1), Make.SampleRate);
        var setups = new List<string>();
        foreach (var gop in new[] { 0, 2 })
        {
            await foreach (var unit in Encoder(source, timeline, await SmallVideos.ToolsAsync()).EncodeAsync(Run(timeline, gop), CancellationToken.None))
            {
                setups.Add(Convert.ToHexString(unit.Configuration.Setup.Span));
                break;
            }
        }

        Assert.Equal(setups[0], setups[1]);
    }

    [Fact]
    public async Task SeveralRungsOfOneDecodingAreThoseOfSeveralRuns()
    {
        var source = await videos.ProbeAsync("plain.mp4");
        var timeline = new LoopTimeline(source.Video.FrameRate, source.Video.Duration, TimeSpan.FromSeconds(1), Make.SampleRate);
        var run = Run(timeline, 1, endGop: 3) with { Renditions = [Rung(timeline, 0), Rung(timeline, 1), Rung(timeline, 2)] };
        var units = new List<EncodedUnit>();
        await foreach (var made in Encoder(source, timeline, await SmallVideos.ToolsAsync()).EncodeAsync(run, CancellationToken.None))
        {
            units.Add(made);
        }

        var first = (uint)timeline.FirstFrame(1);
        foreach (var rung in Enumerable.Range(0, 3))
        {
            var own = units.Where(u => u.Rendition == rung).ToList();
            Assert.Equal(Enumerable.Range(0, 2 * timeline.GopFrames!.Value).Select(n => first + (uint)n), own.Select(u => u.Unit.Sequence));
            Assert.All(own, u => Assert.Equal(64 + (16 * rung), Assert.IsType<VideoConfiguration>(u.Configuration).Width));
        }

        // The decoder of a viewer knows no difference: what one run makes of a rung has the set-up of the run that makes all.
        await foreach (var alone in Encoder(source, timeline, await SmallVideos.ToolsAsync()).EncodeAsync(Run(timeline, 1), CancellationToken.None))
        {
            Assert.True(alone.Configuration.Setup.Span.SequenceEqual(units.First(u => u.Rendition == 0).Configuration.Setup.Span));
            break;
        }
    }

    [Fact]
    public async Task AFileThatWasReplacedIsNotTakenForTheOneThatIsServed()
    {
        var source = await videos.ProbeAsync("plain.mp4");
        var timeline = new LoopTimeline(source.Video.FrameRate, source.Video.Duration, TimeSpan.FromSeconds(1), Make.SampleRate);
        var isUnchanged = true;
        var encoder = new RenditionEncoder(await SmallVideos.ToolsAsync(), source, timeline, new EncoderSettings { IsUnchanged = () => isUnchanged });
        var made = 0;

        var e = await Assert.ThrowsAsync<EncoderException>(async () =>
        {
            await foreach (var _ in encoder.EncodeAsync(Run(timeline, 0), CancellationToken.None))
            {
                isUnchanged = ++made < 10;
            }
        });

        Assert.Equal(10, made);
        Assert.Contains("was changed or removed", e.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<EncoderException>(() => Drain(encoder, Run(timeline, 0), CancellationToken.None));
    }

    [Fact]
    public async Task NoChildOutlivesAnEnumerationThatIsGivenUp()
    {
        using var script = new ChildScript("exec ffmpeg \"$@\"");
        var source = await videos.ProbeAsync("plain.mp4");
        var timeline = new LoopTimeline(source.Video.FrameRate, source.Video.Duration, TimeSpan.FromSeconds(1), Make.SampleRate);

        await foreach (var unit in Encoder(source, timeline, script.Tools).EncodeAsync(Run(timeline, 0), CancellationToken.None))
        {
            Assert.True(script.IsAlive);
            break;
        }

        Assert.False(script.IsAlive);
    }

    [Fact]
    public async Task CancellingEndsTheChild()
    {
        using var script = new ChildScript("exec sleep 100");
        using var cancellation = new CancellationTokenSource();
        var source = Make.Source("/nowhere.mp4");
        var timeline = Make.Timeline(Make.Fps(30), 4);
        var running = Drain(Encoder(source, timeline, script.Tools), Run(timeline, 0), cancellation.Token);
        await script.StartedAsync();

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.False(script.IsAlive);
    }

    private static async Task Drain(RenditionEncoder encoder, EncoderRun run, CancellationToken cancellationToken)
    {
        await foreach (var _ in encoder.EncodeAsync(run, cancellationToken))
        {
        }
    }

    private static RenditionEncoder Encoder(MediaSource source, LoopTimeline timeline, FfmpegTools tools) =>
        new(tools, source, timeline, new EncoderSettings());

    private static EncoderRun Run(LoopTimeline timeline, int firstGop, int? endGop = null) =>
        new() { Renditions = [Rung(timeline, 0)], FirstGop = firstGop, EndGop = endGop ?? timeline.GopCount };

    private static VideoRendition Rung(LoopTimeline timeline, int index) => Make.Rung(index, rate: timeline.FrameRate, width: 64 + (16 * index), height: 64);

    private static async Task<List<AccessUnit>> EncodeAsync(MediaSource source, LoopTimeline timeline, int gop)
    {
        var units = new List<AccessUnit>();
        await foreach (var made in Encoder(source, timeline, await SmallVideos.ToolsAsync()).EncodeAsync(Run(timeline, gop), CancellationToken.None))
        {
            units.Add(made.Unit);
        }

        return units;
    }
}

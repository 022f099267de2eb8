using KnSock.Media;
using KnSock.Server.Encoding;
using KnSock.Server.Sources;

namespace KnSock.Server.Tests.Encoding;

/// <summary>Where the sound comes to lie that the real ffmpeg makes.</summary>
public sealed class SoundTests(SmallVideos videos) : IClassFixture<SmallVideos>
{
    [Theory]
    [InlineData("plain.mp4", 2)]
    [InlineData("plain.mp4", 5)]
    [InlineData("program.ts", 3)]
    // Matroska counts milliseconds, so where a run comes in is known to half of one, and with Opus its delay is rounded as well.
    [InlineData("film.mkv", 3, 48)]
    [InlineData("late-picture.mkv", 1, 48)]
    [InlineData("variable.mkv", 4, 72)]
    public async Task ARunFromAnyGopCarriesTheSamplesOfARunFromTheStart(string name, int gop, int mostLag = 0)
    {
        var source = await videos.ProbeAsync(name);
        var timeline = TimelineOf(source);
        var first = (int)timeline.FirstAudioUnit(gop);

        var whole = await EncodeAsync(source, timeline, 0);
        var part = await EncodeAsync(source, timeline, gop);

        Assert.Equal(timeline.FirstAudioUnit(timeline.GopCount), whole.Count);
        Assert.Equal(whole.Skip(first).Select(Place), part.Select(Place));
        var (a, b) = (await Sound.DecodeAsync(whole), await Sound.DecodeAsync(part));
        Assert.Equal(whole.Count * AudioRendition.SamplesPerUnit, a.Length);
        // Two units for the decoders to get in swing; half a second is enough to see a shift by one sample.
        var from = 2 * AudioRendition.SamplesPerUnit;
        var count = Math.Min(24_000, b.Length - from);
        var (lag, likeness) = Sound.Align(a.AsSpan((first * AudioRendition.SamplesPerUnit) + from, count), b.AsSpan(from, count), 100);
        Assert.InRange(lag, -mostLag, mostLag);
        Assert.InRange(likeness, 0.99, 1.001);
    }

    [Theory]
    [InlineData("click-aac.mp4")]
    [InlineData("click-44100.mp4")]
    [InlineData("click-pcm.mkv")]
    // The stream begins 6.5 ms before the picture, and the picture is brought onto the grid of frames.
    [InlineData("click-opus.mkv", 0.008)]
    public async Task AClickComesOutWhereItIs(string name, double tolerance = 0.001)
    {
        var source = await videos.ProbeAsync(name);
        var timeline = TimelineOf(source);
        foreach (var gop in new[] { 0, 1, 3 })
        {
            var units = await EncodeAsync(source, timeline, gop);

            var at = units[0].Pts.TotalSeconds + (Sound.Loudest(await Sound.DecodeAsync(units)) / Make.SampleRate);

            Assert.InRange(at, SmallVideos.ClickAt - tolerance, SmallVideos.ClickAt + tolerance);
        }
    }

    /// <summary>The loop's zero is then that of the picture, which in a Matroska with AAC comes behind the file's.</summary>
    [Theory]
    [InlineData("cuts-click.mp4", 0)]
    [InlineData("cuts-click.mkv", 0.02)]
    public async Task AClickComesOutWhereItIsBesideAPictureThatIsPassedThrough(string name, double start)
    {
        var source = await videos.ExamineAsync(name);
        Assert.InRange(source.Passthrough!.Start.TotalSeconds, start, start + 0.01);
        var timeline = new LoopTimeline(source.Video.FrameRate, source.Passthrough.FrameCount, source.Passthrough.GopStarts, Make.SampleRate);
        foreach (var gop in new[] { 0, 1, 2 })
        {
            var units = await EncodeAsync(source, timeline, gop);

            var at = units[0].Pts.TotalSeconds + (Sound.Loudest(await Sound.DecodeAsync(units)) / Make.SampleRate);

            Assert.InRange(at, SmallVideos.ClickAt - 0.002, SmallVideos.ClickAt + 0.002);
        }
    }

    [Fact]
    public async Task BehindTheEndOfTheSoundThereIsSilence()
    {
        var source = await videos.ProbeAsync("short-sound.mkv");
        var timeline = TimelineOf(source);
        foreach (var gop in new[] { 0, 1, 2, 5 })
        {
            var units = await EncodeAsync(source, timeline, gop);

            Assert.Equal(timeline.FirstAudioUnit(timeline.GopCount) - timeline.FirstAudioUnit(gop), units.Count);
            var samples = await Sound.DecodeAsync(units);
            var silent = Math.Max(0, (int)((1.6 - units[0].Pts.TotalSeconds) * Make.SampleRate));
            Assert.True(samples.Skip(silent).Max(Math.Abs) < 0.01, $"from GOP {gop}");
            Assert.Equal(gop < 2, samples.Take(4800).Max(Math.Abs) > 0.05);
        }
    }

    [Fact]
    public async Task WithoutSoundThereIsSilenceForTheWholeTurn()
    {
        var source = await videos.ProbeAsync("no-sound.mp4");
        Assert.False(source.HasAudio);
        var timeline = TimelineOf(source);

        var units = await EncodeAsync(source, timeline, 0);

        Assert.Equal(timeline.FirstAudioUnit(timeline.GopCount), units.Count);
        Assert.Equal(timeline.Duration, units[^1].End.SinceZero);
        Assert.All(await Sound.DecodeAsync(units), sample => Assert.InRange(sample, -0.001f, 0.001f));
        Assert.Equal(timeline.UnitsIn(TrackKind.Audio, timeline.GopCount - 1), (await EncodeAsync(source, timeline, timeline.GopCount - 1)).Count);
    }

    [Fact]
    public async Task UnitsFollowOneAnotherAndTheLastEndsWithTheTurn()
    {
        var source = await videos.ProbeAsync("film.mkv");
        var timeline = TimelineOf(source);

        var units = await EncodeAsync(source, timeline, 0);

        Assert.Equal(Timestamp.Zero, units[0].Pts);
        foreach (var (one, next) in units.Zip(units.Skip(1)))
        {
            Assert.Equal(one.End, next.Pts);
            Assert.Equal(one.Sequence + 1, next.Sequence);
        }

        Assert.All(units, u => Assert.True(u.IsKeyframe && u.Dts == u.Pts && u.Duration > TimeSpan.Zero));
        Assert.Equal(timeline.GopStart(timeline.GopCount), units[^1].End);
    }

    /// <summary>What a viewer on a poor link hears: one decoder goes on from the one to the other and back, and nothing is heard of it but the coarser coding.</summary>
    [Theory]
    [InlineData("plain.mp4", 24_000)]
    [InlineData("plain.mp4", 32_000)]
    [InlineData("film.mkv", 24_000)]
    public async Task TheLowSoundTakesThePlaceOfTheUsualAtAnyGop(string name, int rate)
    {
        var source = await videos.ProbeAsync(name);
        var timeline = TimelineOf(source);
        var low = LadderDerivation.Derive(source, new LadderOptions { LowAudioBitsPerSecond = rate }).LowAudio!;
        var (usual, poor) = (await EncodeAsync(source, timeline, 0), await EncodeAsync(source, timeline, 0, low));
        Assert.Equal(usual.Select(Place), poor.Select(Place));
        var seconds = timeline.Duration.TotalSeconds;
        Assert.InRange(poor.Sum(u => u.Payload.Length) * 8 / seconds, rate * 0.8, rate * 1.25);

        var changed = new List<AccessUnit>();
        for (var gop = 0; gop < timeline.GopCount; gop++)
        {
            var (from, to) = ((int)timeline.FirstAudioUnit(gop), (int)timeline.FirstAudioUnit(gop + 1));
            changed.AddRange((gop % 2 == 0 ? usual : poor)[from..to]);
        }

        var (a, b, mixed) = (await Sound.DecodeAsync(usual), await Sound.DecodeAsync(poor), await Sound.DecodeAsync(changed));
        Assert.Equal(a.Length, mixed.Length);
        var coarseness = a.Zip(b, (x, y) => Math.Abs(x - y)).Skip(2048).SkipLast(2048).Max();
        var heard = a.Zip(mixed, (x, y) => Math.Abs(x - y)).Skip(2048).SkipLast(2048).Max();
        Assert.True(heard <= coarseness * 1.2, $"{heard} beside {coarseness}");
        // The sweep is half of full scale; what is left of it after coding is no other sound.
        Assert.InRange(Sound.Align(a.AsSpan(48_000, 24_000), b.AsSpan(48_000, 24_000), 50).Likeness, 0.97, 1.001);
        Assert.Equal(0, Sound.Align(a.AsSpan(48_000, 24_000), b.AsSpan(48_000, 24_000), 50).Lag);
    }

    private static (uint, Timestamp, TimeSpan) Place(AccessUnit unit) => (unit.Sequence, unit.Pts, unit.Duration);

    private static LoopTimeline TimelineOf(MediaSource source) =>
        new(source.Video.FrameRate, source.Video.Duration, TimeSpan.FromSeconds(1), Make.SampleRate);

    private static async Task<List<AccessUnit>> EncodeAsync(MediaSource source, LoopTimeline timeline, int gop, AudioRendition? rendition = null)
    {
        var encoder = new RenditionEncoder(await SmallVideos.ToolsAsync(), source, timeline, new EncoderSettings());
        var run = new EncoderRun { Renditions = [rendition ?? Make.Stereo], FirstGop = gop, EndGop = timeline.GopCount };
        var units = new List<AccessUnit>();
        await foreach (var made in encoder.EncodeAsync(run, CancellationToken.None))
        {
            // A decoder is not started anew where the rate changes.
            var setup = Assert.IsType<AudioConfiguration>(made.Configuration);
            Assert.Equal(("mp4a.40.2", 48_000, 2, "119056E500"), (setup.Codec, setup.SampleRate, setup.Channels, Convert.ToHexString(setup.Setup.Span)));
            units.Add(made.Unit);
        }

        return units;
    }
}

using KnSock.Media;
using KnSock.Protocol.Legacy;
using KnSock.Server.Channels;
using KnSock.Server.Encoding;
using KnSock.Server.Sources;

namespace KnSock.Server.Tests.Encoding;

/// <summary>JPEG pictures and sound as samples, by the real ffmpeg.</summary>
public sealed class LegacyEncoderTests(SmallVideos videos) : IClassFixture<SmallVideos>
{
    private static readonly JpegRendition Jpeg = new() { Index = 0, Name = "90p-jpeg-60", BitsPerSecond = 500_000, Width = 160, Height = 90, Quality = 60 };

    private static readonly PcmRendition Samples =
        new() { Index = 0, Name = "samples", BitsPerSecond = 1_411_200, SampleRate = LegacyAudioFrame.SampleRate, Channels = LegacyAudioFrame.Channels };

    [Theory]
    [InlineData("plain.mp4")]
    [InlineData("film.mkv")]
    public async Task PicturesAreTheSameWhereverARunBegins(string video)
    {
        var (encoder, timeline) = await OpenAsync(video);
        var whole = await UnitsAsync(encoder, Jpeg, 0, timeline.GopCount);
        var part = await UnitsAsync(encoder, Jpeg, 2, 4);

        Assert.Equal(timeline.FrameCount, whole.Count);
        Assert.All(whole.Index(), u =>
        {
            Assert.Equal(timeline.FrameRate.StartOf(u.Index), u.Item.Pts);
            Assert.True(u.Item.IsKeyframe);
            Assert.Equal([0xFF, 0xD8], u.Item.Payload.Span[..2].ToArray());
            Assert.Equal([0xFF, 0xD9], u.Item.Payload.Span[^2..].ToArray());
        });
        var first = (int)timeline.FirstFrame(2);
        Assert.Equal(timeline.FirstFrame(4) - first, part.Count);
        Assert.All(part.Index(), u => Assert.True(u.Item.Payload.Span.SequenceEqual(whole[first + u.Index].Payload.Span)));
    }

    [Fact]
    public async Task AQualityMeansWhatItMeansElsewhere()
    {
        var (encoder, _) = await OpenAsync("plain.mp4");
        // The second number of table K.1 is 11, the last 99; the tables go in zigzags.
        foreach (var (quality, second, last) in ((int, int, int)[])[(40, 14, 124), (60, 9, 79), (75, 6, 50), (90, 2, 20)])
        {
            var jpeg = (await UnitsAsync(encoder, Jpeg with { Quality = quality }, 0, 1))[0].Payload.ToArray();
            var table = jpeg.AsSpan().IndexOf([(byte)0xFF, (byte)0xDB]) + 5;
            Assert.Equal((second, last), (jpeg[table + 1], jpeg[table + 63]));
        }
    }

    [Theory]
    [InlineData("click-pcm.mkv")]
    [InlineData("click-44100.mp4")]
    public async Task SamplesAreWhereTheSourceHasThem(string video)
    {
        var (encoder, timeline) = await OpenAsync(video);
        var whole = await UnitsAsync(encoder, Samples, 0, timeline.GopCount);

        Assert.Equal(timeline.FirstAudioUnit(timeline.GopCount), whole.Count);
        Assert.All(whole, u => Assert.Equal(4096, u.Payload.Length));
        Assert.Equal(timeline.Duration, whole[^1].End.SinceZero);
        Assert.InRange(ClickIn(whole), SmallVideos.ClickAt - 0.004, SmallVideos.ClickAt + 0.004);

        // The click lies in the fourth second.
        var part = await UnitsAsync(encoder, Samples, 3, 4);
        Assert.Equal(timeline.UnitsIn(TrackKind.Audio, 3), part.Count);
        Assert.InRange(ClickIn(part), SmallVideos.ClickAt - 0.004, SmallVideos.ClickAt + 0.004);
    }

    [Fact]
    public async Task WithoutSoundThereIsSilence()
    {
        var (encoder, timeline) = await OpenAsync("no-sound.mp4");
        var units = await UnitsAsync(encoder, Samples, 0, timeline.GopCount);

        Assert.Equal(timeline.FirstAudioUnit(timeline.GopCount), units.Count);
        Assert.All(units, u => Assert.Equal(-1, u.Payload.Span.IndexOfAnyExcept((byte)0)));
    }

    private static double ClickIn(IReadOnlyList<AccessUnit> units)
    {
        var loud = units.SelectMany(u => Enumerable.Range(0, 1024).Select(i =>
            (At: u.Pts.TotalSeconds + (i / 44_100.0), Level: Math.Abs(BitConverter.ToInt16(u.Payload.Span[(4 * i)..])))));
        return loud.MaxBy(s => s.Level).At;
    }

    private async Task<(RenditionEncoder Encoder, LoopTimeline Timeline)> OpenAsync(string video)
    {
        var source = await videos.ProbeAsync(video);
        var timeline = Make.Timeline(source.Video.FrameRate, source.Video.Duration.TotalSeconds).WithSampleRate(LegacyAudioFrame.SampleRate);
        return (new RenditionEncoder(await SmallVideos.ToolsAsync(), source, timeline, new EncoderSettings()), timeline);
    }

    private static async Task<List<AccessUnit>> UnitsAsync(RenditionEncoder encoder, Rendition rendition, int firstGop, int endGop)
    {
        var units = new List<AccessUnit>();
        await foreach (var unit in encoder.EncodeAsync(new EncoderRun { Renditions = [rendition], FirstGop = firstGop, EndGop = endGop }, CancellationToken.None))
        {
            units.Add(unit.Unit);
        }

        return units;
    }
}

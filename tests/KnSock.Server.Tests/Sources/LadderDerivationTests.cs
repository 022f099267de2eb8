using KnSock.Media;
using KnSock.Server.Sources;

namespace KnSock.Server.Tests.Sources;

public sealed class LadderDerivationTests
{
    /// <summary>Framing and marks of a viewer, as the session reckons with them.</summary>
    private const int FramingRate = 35_000;

    [Theory]
    [InlineData(1280, 720, "426x240 640x360 854x480 1280x720")]
    [InlineData(1920, 1080, "426x240 640x360 854x480 1280x720 1920x1080")]
    [InlineData(3840, 2160, "426x240 640x360 854x480 1280x720 1920x1080")]
    [InlineData(720, 1280, "240x426 360x640 480x854 720x1280")]
    [InlineData(640, 480, "320x240 480x360 640x480")]
    [InlineData(160, 120, "160x120")]
    [InlineData(1778, 1000, "426x240 640x360 854x480 1280x720 1778x1000")]
    [InlineData(64, 64, "64x64")]
    public void RungsFillTheirBoxes(int width, int height, string expected) =>
        Assert.Equal(expected, string.Join(' ', Derive(width, height).Video.Select(r => $"{r.Width}x{r.Height}")));

    [Theory]
    [InlineData(1280, 720)]
    [InlineData(853, 481)]
    [InlineData(720, 1280)]
    [InlineData(1280, 544)]
    [InlineData(640, 480)]
    [InlineData(160, 120)]
    [InlineData(163, 123)]
    [InlineData(1279, 719)]
    [InlineData(3840, 2160)]
    [InlineData(1778, 1000)]
    [InlineData(1920, 800)]
    [InlineData(480, 480)]
    [InlineData(2, 2)]
    [InlineData(3, 1000)]
    [InlineData(163_840, 2)]
    public void LadderKeepsItsPromises(int width, int height)
    {
        foreach (var rate in (int[])[10, 24, 30, 60, 240])
        {
            var ladder = Derive(width, height, Make.Fps(rate));

            Assert.NotEmpty(ladder.Video);
            Assert.Equal(Enumerable.Range(0, ladder.Video.Count), ladder.Video.Select(r => r.Index));
            Assert.Equal(ladder.Video.Count, ladder.Video.Select(r => r.Name).Distinct(StringComparer.Ordinal).Count());
            Assert.Single(ladder.Video.Select(r => r.FrameRate).Distinct());
            Assert.True(ladder.Top.FrameRate.PerSecond <= 60);
            foreach (var rung in ladder.Video)
            {
                Assert.Equal((0, 0), (rung.Width % 2, rung.Height % 2));
                Assert.InRange(rung.Width, 2, Math.Max(2, width));
                Assert.InRange(rung.Height, 2, Math.Max(2, height));
            }

            foreach (var (lower, higher) in ladder.Video.Zip(ladder.Video.Skip(1)))
            {
                Assert.True(lower.BitsPerSecond < higher.BitsPerSecond, $"{lower.BitsPerSecond} < {higher.BitsPerSecond}");
                Assert.True(lower.Height <= higher.Height && lower.Width <= higher.Width);
            }

            Assert.InRange(ladder.Video[0].BitsPerSecond + ladder.Audio.BitsPerSecond + FramingRate, 0, 300_000);
        }
    }

    /// <summary>A low sound is worth an encoder where it saves something.</summary>
    [Theory]
    [InlineData(96_000, 24_000, true, 24_000)]
    [InlineData(96_000, null, true, null)]
    [InlineData(32_000, 24_000, true, 24_000)]
    [InlineData(24_000, 24_000, true, null)]
    [InlineData(96_000, 24_000, false, null)]
    public void TheLowSoundIsOfferedBelowTheUsualOne(int usual, int? low, bool hasAudio, int? expected)
    {
        var options = new LadderOptions { AudioBitsPerSecond = usual, LowAudioBitsPerSecond = low };
        var ladder = LadderDerivation.Derive(Make.Source("/a.mp4", hasAudio: hasAudio), options);
        Assert.Equal(expected, ladder.LowAudio?.BitsPerSecond);
        Assert.True(ladder.LowAudio is null or { SampleRate: Make.SampleRate, Channels: 2, IsMixed: true });
    }

    [Fact]
    public void MoreFramesCostMore() => Assert.True(Derive(1280, 720, Make.Fps(60)).Top.BitsPerSecond > Derive(1280, 720).Top.BitsPerSecond);

    [Fact]
    public void AWidePictureCostsLessThanItsBox() => Assert.True(Derive(1280, 544).Top.BitsPerSecond < Derive(1280, 720).Top.BitsPerSecond);

    [Fact]
    public void HeightsMayComeInAnyOrderAndTwice()
    {
        var ladder = LadderDerivation.Derive(Make.Video(1280, 720), new LadderOptions { Heights = [720, 240, 720, 360] });

        Assert.Equal("240p 360p 720p", string.Join(' ', ladder.Video.Select(r => r.Name)));
    }

    [Theory]
    [InlineData(1280, 720, 3_000_000, "240p 360p 480p 720p*")]
    [InlineData(1280, 720, 8_000_000, "240p 360p 480p 720p 720p-source*")]
    [InlineData(1280, 720, 1_400_000, "240p 360p 720p*")]
    [InlineData(1280, 720, 400_000, "240p 720p*")]
    [InlineData(1280, 720, 100_000, "720p*")]
    [InlineData(1422, 800, 3_000_000, "240p 360p 480p 800p*")]
    [InlineData(1422, 800, 6_000_000, "240p 360p 480p 720p 800p*")]
    [InlineData(720, 1280, 3_000_000, "240p 360p 480p 720p*")]
    [InlineData(160, 120, 1_000_000, "120p 120p-source*")]
    public void ASourcePassedThroughIsOnTop(int width, int height, int rate, string expected) =>
        Assert.Equal(expected, string.Join(' ', DeriveAround(width, height, rate).Video.Select(r => r.Name + (r.IsPassthrough ? "*" : ""))));

    [Fact]
    public void LadderKeepsItsPromisesBelowAnySource()
    {
        for (var seed = 0; seed < 2_000; seed++)
        {
            var random = new Random(seed);
            var (width, height, rate) = (2 * random.Next(16, 1000), 2 * random.Next(16, 550), random.Next(1, 4_000) * 10_000);
            var ladder = DeriveAround(width, height, rate);
            var what = $"seed {seed}: {width}x{height} at {rate}: {string.Join(' ', ladder.Video.Select(r => $"{r.Name} {r.BitsPerSecond}"))}";

            Assert.True(ladder.Top is { IsPassthrough: true } top && (top.Width, top.Height, top.BitsPerSecond) == (width, height, rate), what);
            Assert.True(ladder.Video.Count(r => r.IsPassthrough) == 1, what);
            Assert.Equal(Enumerable.Range(0, ladder.Video.Count), ladder.Video.Select(r => r.Index));
            Assert.True(ladder.Video.Select(r => r.Name).Distinct(StringComparer.Ordinal).Count() == ladder.Video.Count, what);
            foreach (var (lower, higher) in ladder.Video.Zip(ladder.Video.Skip(1)))
            {
                Assert.True(lower.BitsPerSecond < higher.BitsPerSecond, what);
                Assert.True(lower.Height <= higher.Height && lower.Width <= higher.Width, what);
                Assert.True(lower.Height < higher.Height || lower.Width < higher.Width || higher.IsPassthrough, what);
            }

            Assert.True(ladder.Video[0].BitsPerSecond + ladder.Audio.BitsPerSecond + FramingRate <= 300_000, what);
        }
    }

    private static Ladder DeriveAround(int width, int height, int bitsPerSecond) => LadderDerivation.Derive(
        Make.Source("/a.mp4", Make.Video(width, height)) with { Passthrough = Make.Passthrough(bitsPerSecond: bitsPerSecond) }, new LadderOptions());

    private static Ladder Derive(int width, int height, FrameRate? rate = null) =>
        LadderDerivation.Derive(Make.Video(width, height, rate), new LadderOptions());
}

using KnSock.Media;
using KnSock.Server.Sources;

namespace KnSock.Server.Tests.Sources;

public sealed class PacketSurveyTests
{
    [Fact]
    public void PlainGopsArePassedThrough()
    {
        var found = Found(Packets(Make.Fps(30), 300, n => n % 60 == 0), Make.Fps(30));

        Assert.Equal([0, 60, 120, 180, 240], found.GopStarts);
        Assert.Equal((300, 0, TimeSpan.FromSeconds(2)), (found.FrameCount, found.ReorderDepth, found.LongestGop));
        Assert.Equal(Timestamp.Zero, found.Start);
    }

    [Theory]
    [InlineData(24_000, 1001, 48)]
    [InlineData(30_000, 1001, 60)]
    [InlineData(60_000, 1001, 120)]
    [InlineData(25, 1, 50)]
    public void GopsOfTwoSecondsAreShortEnough(int numerator, int denominator, int gop)
    {
        var rate = new FrameRate(numerator, denominator);
        Found(Packets(rate, 5 * gop, n => n % gop == 0), rate);
        Assert.Contains("2 s apart", Refusal(Packets(rate, 5 * gop, n => n % (gop + (gop / 8)) == 0), rate), StringComparison.Ordinal);
    }

    [Fact]
    public void ALongGopIsSeenAtOnce()
    {
        var survey = new PacketSurvey(Make.Fps(30));
        var read = 0;
        var refusal = Packets(Make.Fps(30), 100_000, n => n is 0 or 50).Select(p => (++read, survey.Add(p)).Item2).First(r => r is not null);

        Assert.Equal("keyframes are more than 2 s apart (first at 0:00:01)", refusal);
        Assert.InRange(read, 60, 120);
    }

    [Fact]
    public void DenseKeyframesAreMergedIntoGops()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var keyframes = new HashSet<int> { 0 };
            for (var n = 0; n < 900; n += random.Next(1, 61))
            {
                keyframes.Add(n);
            }

            var found = Found(Packets(Make.Fps(30), 900, keyframes.Contains), Make.Fps(30));
            var lengths = found.GopStarts.Append(900).Zip(found.GopStarts.Skip(1).Append(900), (a, b) => b - a).SkipLast(1).ToArray();

            Assert.True(found.GopStarts.All(s => keyframes.Contains((int)s)), $"seed {seed}");
            Assert.True(lengths.All(l => l <= 61), $"seed {seed}: a GOP of {lengths.Max()} frames");
            // A GOP that is shorter than half a second is followed by one that would be too long with it.
            Assert.True(lengths.SkipLast(1).Zip(lengths.Skip(1)).All(p => p.First >= 15 || p.First + p.Second > 30), $"seed {seed}");
        }
    }

    [Fact]
    public void AllKeyframesMakeGopsOfHalfASecond() =>
        Assert.Equal([0, 15, 30, 45], Found(Packets(Make.Fps(30), 60, _ => true), Make.Fps(30)).GopStarts);

    [Fact]
    public void ReorderingIsMeasured()
    {
        Assert.Equal(1, Found(Order(30, [0, 3, 1, 2, 6, 4, 5, 9, 7, 8]), Make.Fps(30)).ReorderDepth);
        Assert.Equal(2, Found(Order(30, [0, 4, 2, 1, 3, 8, 6, 5, 7]), Make.Fps(30)).ReorderDepth);
        Assert.Contains("more than two deep", Refusal(Order(30, [0, 8, 4, 2, 1, 3, 6, 5, 7]), Make.Fps(30)), StringComparison.Ordinal);
    }

    [Fact]
    public void PicturesBeforeTheirKeyframeMakeAnOpenGop()
    {
        var packets = Order(30, [0, 2, 1, 5, 3, 4, 6], n => n is 0 or 5);

        Assert.Contains("not evenly spaced", Refusal(packets, Make.Fps(30)), StringComparison.Ordinal);
    }

    [Fact]
    public void KeyframesThatAreNoneLeaveGopsOpen()
    {
        var packets = Packets(Make.Fps(30), 300, n => n == 0).Select((p, n) => p with { IsMarked = n % 30 == 0 });

        Assert.Equal("GOPs are open (first at 0:00:00)", Refusal(packets, Make.Fps(30)));
    }

    [Theory]
    [InlineData(1, "not evenly spaced")]
    [InlineData(59, "not evenly spaced")]
    [InlineData(60, "2 s apart")]
    [InlineData(61, "not evenly spaced")]
    [InlineData(119, "not evenly spaced")]
    public void AMissingFrameIsFound(int missing, string expected)
    {
        var packets = Packets(Make.Fps(30), 300, n => n % 60 == 0).Where((_, n) => n != missing);

        Assert.Contains(expected, Refusal(packets, Make.Fps(30)), StringComparison.Ordinal);
    }

    [Fact]
    public void AFrameTwiceIsFound()
    {
        var packets = Packets(Make.Fps(30), 300, n => n % 60 == 0).SelectMany((p, n) => n == 70 ? [p, p] : new[] { p });

        Assert.Contains("not evenly spaced", Refusal(packets, Make.Fps(30)), StringComparison.Ordinal);
    }

    [Fact]
    public void RoundingToMillisecondsDoesNotMatter()
    {
        var packets = Packets(Make.Film, 5_000, n => n % 48 == 0).Select(p => p with { Time = Math.Round(p.Time + 0.023, 3) });
        var found = Found(packets, Make.Film);

        Assert.Equal(5_000, found.FrameCount);
        Assert.Equal(Timestamp.FromSeconds(0.023), found.Start);
    }

    [Fact]
    public void AVariableRateIsFound()
    {
        var packets = Packets(Make.Fps(30), 300, n => n % 60 == 0).Select((p, n) => p with { Time = p.Time + (n > 100 ? 0.016 : 0) });

        Assert.Contains("not evenly spaced (at 0:00:03)", Refusal(packets, Make.Fps(30)), StringComparison.Ordinal);
    }

    [Fact]
    public void TheStartHasToBeOne()
    {
        Assert.Contains("begin with a keyframe", Refusal(Packets(Make.Fps(30), 60, n => n == 30), Make.Fps(30)), StringComparison.Ordinal);
        Assert.Contains("after the sound", Refusal(Shifted(0.7), Make.Fps(30)), StringComparison.Ordinal);
        Assert.Contains("edit list", Refusal(Shifted(-0.1), Make.Fps(30)), StringComparison.Ordinal);
        Assert.Contains("no pictures", Refusal([], Make.Fps(30)), StringComparison.Ordinal);
        Found(Shifted(-0.001), Make.Fps(30));

        static IEnumerable<SourcePacket> Shifted(double by) => Packets(Make.Fps(30), 60, n => n == 0).Select(p => p with { Time = p.Time + by });
    }

    [Fact]
    public void TheRateIsThatOfTheBusiestFourSecondsOverTheSeamToo()
    {
        // 4 s of 10,000 bytes a frame around the seam, the rest of 1,000.
        var packets = Packets(Make.Fps(25), 1_000, n => n % 50 == 0).Select((p, n) => p with { Size = n is < 50 or >= 950 ? 10_000 : 1_000 });

        Assert.Equal(2_100_000, Found(packets, Make.Fps(25)).BitsPerSecond);
    }

    [Fact]
    public void AShortLoopHasItsMeanRate() =>
        Assert.Equal(210_000, Found(Packets(Make.Fps(25), 25, n => n == 0), Make.Fps(25)).BitsPerSecond);

    [Fact]
    public void APictureBeyondTheProtocolsLimitIsRefused() =>
        Assert.Contains("too large", Refusal([new SourcePacket(0, 9_000_000, true, true)], Make.Fps(25)), StringComparison.Ordinal);

    private static IEnumerable<SourcePacket> Packets(FrameRate rate, int count, Func<int, bool> isKeyframe) =>
        Enumerable.Range(0, count).Select(n => new SourcePacket(n / rate.PerSecond, 1_000, isKeyframe(n), isKeyframe(n)));

    private static IEnumerable<SourcePacket> Order(int rate, int[] frames, Func<int, bool>? isKeyframe = null) =>
        frames.Select(n => new SourcePacket((double)n / rate, 1_000, n == 0, isKeyframe?.Invoke(n) ?? n == 0));

    private static Passthrough Found(IEnumerable<SourcePacket> packets, FrameRate rate)
    {
        var (found, refusal) = Survey(packets, rate);
        Assert.True(found is not null, refusal);
        return found;
    }

    private static string Refusal(IEnumerable<SourcePacket> packets, FrameRate rate) => Assert.IsType<string>(Survey(packets, rate).Refusal);

    private static (Passthrough? Found, string? Refusal) Survey(IEnumerable<SourcePacket> packets, FrameRate rate)
    {
        var survey = new PacketSurvey(rate);
        return packets.Select(survey.Add).FirstOrDefault(r => r is not null) is { } refusal ? (null, refusal) : survey.Complete();
    }
}

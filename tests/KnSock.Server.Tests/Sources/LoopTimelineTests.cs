using KnSock.Media;
using KnSock.Server.Sources;

namespace KnSock.Server.Tests.Sources;

public sealed class LoopTimelineTests
{
    public static TheoryData<int, int, double, double> Loops => new()
    {
        { 30, 1, 10, 1 },
        { 24_000, 1001, 60, 1 },
        { 30_000, 1001, 12.3, 1 },
        { 60_000, 1001, 7.77, 2 },
        { 25, 1, 3_600, 1 },
        { 50, 1, 10.02, 1 },
        { 60, 1, 601 / 60.0, 1 },
        { 30, 1, 0.4, 1 },
        { 30, 1, 0.005, 1 },
        { 120, 1, 0.01, 1 },
        { 10, 1, 33.35, 0.2 },
        { 1, 1, 20, 0.2 },
    };

    [Theory]
    [MemberData(nameof(Loops))]
    public void GopsAndUnitsTileTheTurn(int numerator, int denominator, double seconds, double gop)
    {
        var timeline = Make.Timeline(new FrameRate(numerator, denominator), seconds, gop);

        var (frames, units) = (0L, 0L);
        for (var g = 0; g < timeline.GopCount; g++)
        {
            Assert.Equal(frames, timeline.FirstFrame(g));
            Assert.Equal(units, timeline.FirstAudioUnit(g));
            Assert.InRange(timeline.UnitsIn(TrackKind.Video, g), 1, timeline.GopFrames!.Value);
            Assert.True(g == timeline.GopCount - 1 || timeline.UnitsIn(TrackKind.Video, g) == timeline.GopFrames);
            frames += timeline.UnitsIn(TrackKind.Video, g);
            units += timeline.UnitsIn(TrackKind.Audio, g);
            // Each GOP's sound begins at the first unit at or after its picture, and the one before that lies before it.
            Assert.True(timeline.AudioUnitStart(timeline.FirstAudioUnit(g)) >= timeline.GopStart(g));
            Assert.True(timeline.FirstAudioUnit(g) == 0 || timeline.AudioUnitStart(timeline.FirstAudioUnit(g) - 1) < timeline.GopStart(g));
        }

        Assert.Equal(timeline.FrameCount, frames);
        Assert.True(units >= 1);
        // The units cover the turn, and the last of them is needed for that.
        Assert.True(timeline.AudioUnitStart(units) >= timeline.GopStart(timeline.GopCount));
        Assert.True(timeline.AudioUnitStart(units - 1) < timeline.GopStart(timeline.GopCount));
    }

    [Theory]
    [InlineData(30, 1, 10, 300)]
    [InlineData(30, 1, 10.01, 300)]
    [InlineData(30, 1, 10.03, 301)]
    [InlineData(30_000, 1001, 10.01, 300)]
    [InlineData(24_000, 1001, 10, 240)]
    [InlineData(25, 1, 0.001, 1)]
    public void LengthIsTheNearestWholeNumberOfFrames(int numerator, int denominator, double seconds, long frames) =>
        Assert.Equal(frames, Make.Timeline(new FrameRate(numerator, denominator), seconds).FrameCount);

    [Theory]
    [InlineData(24_000, 1001)]
    [InlineData(30_000, 1001)]
    [InlineData(60_000, 1001)]
    [InlineData(30, 1)]
    public void ThousandsOfTurnsAddUpNoError(int numerator, int denominator)
    {
        var timeline = Make.Timeline(new FrameRate(numerator, denominator), 7.3);
        foreach (var turn in (long[])[1, 2, 3, 1_000, 1_001, 100_000, 10_000_000])
        {
            var exact = (Int128)turn * timeline.FrameCount * denominator * 1_000_000;
            var error = (Int128)timeline.TurnStart(turn).Microseconds * numerator - exact;
            Assert.InRange((long)error, -numerator / 2, numerator / 2);
        }
    }

    [Theory]
    [MemberData(nameof(Loops))]
    public void LocateFindsTheGopOfEveryStart(int numerator, int denominator, double seconds, double gop)
    {
        var timeline = Make.Timeline(new FrameRate(numerator, denominator), seconds, gop);
        foreach (var turn in (long[])[0, 1, 999, 123_456])
        {
            for (var g = 0; g < timeline.GopCount; g++)
            {
                // The start of a turn and that of a GOP are each rounded once, so their sum may be a microsecond early.
                var start = timeline.TurnStart(turn) + timeline.GopStart(g).SinceZero + TimeSpan.FromMicroseconds(1);
                Assert.Equal((turn, g), timeline.Locate(start));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Loops))]
    public void AListOfRegularGopsIsTheRegularLoop(int numerator, int denominator, double seconds, double gop)
    {
        var regular = Make.Timeline(new FrameRate(numerator, denominator), seconds, gop);
        var listed = new LoopTimeline(regular.FrameRate, regular.FrameCount, [.. Enumerable.Range(0, regular.GopCount).Select(regular.FirstFrame)], Make.SampleRate);

        Assert.Equal((regular.GopCount, regular.Duration), (listed.GopCount, listed.Duration));
        for (var g = 0; g <= regular.GopCount; g++)
        {
            Assert.Equal(regular.FirstFrame(g), listed.FirstFrame(g));
            Assert.Equal(regular.GopStart(g), listed.GopStart(g));
            Assert.Equal(regular.FirstAudioUnit(g), listed.FirstAudioUnit(g));
        }

        for (var frame = 0; frame < Math.Min(3 * regular.FrameCount, 2_000); frame++)
        {
            Assert.Equal(regular.Locate(regular.FrameRate.StartOf(frame)), listed.Locate(regular.FrameRate.StartOf(frame)));
        }
    }

    [Fact]
    public void IrregularGopsTileTheTurn()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var frames = random.Next(1, 2_000);
            var starts = Enumerable.Range(0, random.Next(0, 40)).Select(_ => (long)random.Next(frames)).Append(0).Distinct().Order().ToArray();
            var rate = new[] { Make.Film, Make.Ntsc, Make.Fps(25), Make.Fps(60) }[seed % 4];
            var timeline = new LoopTimeline(rate, frames, starts, Make.SampleRate);

            Assert.True(timeline.GopFrames is null && timeline.GopCount == starts.Length, $"seed {seed}");
            Assert.Equal(frames, Enumerable.Range(0, timeline.GopCount).Sum(g => timeline.UnitsIn(TrackKind.Video, g)));
            Assert.Equal(timeline.FirstAudioUnit(timeline.GopCount), Enumerable.Range(0, timeline.GopCount).Sum(g => timeline.UnitsIn(TrackKind.Audio, g)));
            for (var frame = 0; frame < frames; frame++)
            {
                var gop = timeline.GopOf(frame);
                Assert.True(timeline.FirstFrame(gop) <= frame && frame < timeline.FirstFrame(gop + 1), $"seed {seed}, frame {frame}");
                var turn = random.Next(1_000_000);
                var position = timeline.TurnStart(turn) + rate.StartOf(frame).SinceZero + TimeSpan.FromMicroseconds(1);
                Assert.Equal(((long)turn, gop), timeline.Locate(position));
            }
        }
    }

    [Fact]
    public void AListOfGopsHasToBeOne()
    {
        foreach (var list in (long[][])[[], [1, 2], [0, 5, 5], [0, 7, 3], [0, 10]])
        {
            Assert.Throws<ArgumentException>(() => new LoopTimeline(Make.Fps(30), 10, list, Make.SampleRate));
        }
    }

    [Fact]
    public void LocateTakesTimesBeforeTheStartForTheStart() =>
        Assert.Equal((0L, 0), Make.Timeline(Make.Fps(30), 10).Locate(Timestamp.FromSeconds(-5)));

    [Fact]
    public void LastGopMayHoldNoSoundOfItsOwn()
    {
        var timeline = Make.Timeline(Make.Fps(60), 421 / 60.0);

        Assert.Equal(8, timeline.GopCount);
        Assert.Equal(1, timeline.UnitsIn(TrackKind.Video, 7));
        Assert.Equal(0, timeline.UnitsIn(TrackKind.Audio, 7));
    }

    [Fact]
    public void DaysLongLoopsDoNotOverflow()
    {
        var timeline = new LoopTimeline(new FrameRate(240_000, 1001), TimeSpan.FromSeconds(9_999_999), TimeSpan.FromSeconds(1), Make.SampleRate);

        Assert.InRange(timeline.Duration.TotalSeconds, 9_999_998.9, 9_999_999.1);
        Assert.InRange(timeline.AudioUnitStart(timeline.FirstAudioUnit(timeline.GopCount)).TotalSeconds, 9_999_998.9, 9_999_999.1);
        Assert.Equal(timeline.Duration.TotalSeconds * 300, timeline.TurnStart(300).TotalSeconds, 1);
    }
}

using KnSock.Media;
using KnSock.Server.Endpoints.Hls;
using KnSock.Server.Sources;

namespace KnSock.Server.Tests.Endpoints.Hls;

/// <summary>Segments and parts of loops of all kinds, over the seams of turns.</summary>
public class SegmentPlanTests
{
    [Theory]
    [InlineData(12, 1, new[] { 2.0, 2, 2, 2, 2, 2 })]
    [InlineData(4.2, 1, new[] { 2, 2.2 })]
    [InlineData(5, 1, new[] { 2.0, 2, 1 })]
    [InlineData(1.4, 1, new[] { 1.4 })]
    [InlineData(7, 3, new[] { 3.0, 3, 1 })]
    [InlineData(0.4, 1, new[] { 1.2 })]
    [InlineData(4, 0.5, new[] { 2.0, 2 })]
    public void ASegmentIsAsManyGopsAsComeNextToTwoSeconds(double seconds, double gop, double[] expected)
    {
        var plan = new SegmentPlan(Make.Timeline(Make.Fps(30), seconds, gop));

        Assert.Equal(expected, Enumerable.Range(0, plan.SegmentsInPeriod).Select(i => Math.Round(Duration(plan, TrackKind.Video, plan[i]), 3)));
    }

    [Theory]
    [InlineData(30, 10)]
    [InlineData(24, 8)]
    [InlineData(25, 5)]
    [InlineData(50, 10)]
    [InlineData(60, 20)]
    [InlineData(15, 5)]
    [InlineData(2, 1)]
    public void PartsDivideAGopEvenlyWhereTheyCan(int fps, int frames) =>
        Assert.Equal(frames, new SegmentPlan(Make.Timeline(Make.Fps(fps), 20))[0].PartFrames);

    public static TheoryData<string> Loops => [.. Timelines.Keys];

    private static readonly Dictionary<string, LoopTimeline> Timelines = new(StringComparer.Ordinal)
    {
        ["film"] = Make.Timeline(Make.Film, 13.37),
        ["ntsc"] = Make.Timeline(Make.Ntsc, 4.97),
        ["short ntsc"] = Make.Timeline(Make.Ntsc, 1.03),
        ["25"] = Make.Timeline(Make.Fps(25), 9.28),
        ["50, last GOP of a frame"] = Make.Timeline(Make.Fps(50), 6.02),
        ["60, last GOP of a frame"] = Make.Timeline(Make.Fps(60), 4 + (1.0 / 60)),
        ["long GOPs"] = Make.Timeline(Make.Fps(30), 21, 4.3),
        ["short GOPs"] = Make.Timeline(Make.Fps(30), 8.9, 0.3),
        ["a frame"] = Make.Timeline(Make.Fps(30), 0.03),
        ["half a second"] = Make.Timeline(Make.Film, 0.5),
        ["slow"] = Make.Timeline(new FrameRate(1, 2), 30),
        ["5 a second"] = Make.Timeline(Make.Fps(5), 7),
        ["of a source"] = new LoopTimeline(Make.Ntsc, 401, [0, 12, 45, 69, 105, 150, 153, 198, 243, 261, 306, 351, 396], Make.SampleRate),
    };

    [Theory]
    [MemberData(nameof(Loops))]
    public void SegmentsFollowEachOtherBeginWithKeyframesAndKeepToTheTargetDuration(string loop)
    {
        var (timeline, plan) = (Timelines[loop], new SegmentPlan(Timelines[loop]));
        var next = 0L;
        foreach (var segment in Several(plan))
        {
            Assert.Equal(next, segment.FirstFrame);
            Assert.True(plan.IsKeyframe(segment.FirstFrame));
            Assert.InRange(Duration(plan, TrackKind.Video, segment), 0.999, double.MaxValue);
            Assert.All(Enum.GetValues<TrackKind>(), kind => Assert.InRange(Duration(plan, kind, segment), 0.9, plan.TargetDuration + 0.5 - 1e-7));
            Assert.Equal(segment, plan.SegmentAt(segment.FirstFrame));
            Assert.Equal(segment, plan.SegmentAt(segment.EndFrame - 1));
            next = segment.EndFrame;
        }

        Assert.Equal(0, plan[plan.SegmentsInPeriod].FirstFrame % timeline.FrameCount);
    }

    [Theory]
    [MemberData(nameof(Loops))]
    public void PartsFillASegmentAndKeepToThePartTarget(string loop)
    {
        var plan = new SegmentPlan(Timelines[loop]);
        foreach (var (segment, kind) in Several(plan).SelectMany(s => Enum.GetValues<TrackKind>().Select(k => (s, k))))
        {
            var target = plan.PartTarget(kind).TotalSeconds;
            var lengths = Enumerable.Range(0, segment.Parts).Select(p => plan.DurationOf(kind, segment.PartStart(p), segment.PartStart(p + 1)).TotalSeconds).ToList();
            Assert.All(lengths, l => Assert.InRange(l, 0.02, target));
            Assert.All(lengths.SkipLast(1), l => Assert.InRange(l, target * 0.85, target));
            Assert.Equal(Duration(plan, kind, segment), lengths.Sum(), 6);
            Assert.All(Enumerable.Range(0, segment.Parts), p => Assert.Equal(p, segment.PartsBefore(segment.PartStart(p))));
            Assert.All(Enumerable.Range(0, segment.Parts), p => Assert.Equal(segment.PartStart(p + 1), plan.NextCut(segment.PartStart(p))));
        }
    }

    [Theory]
    [MemberData(nameof(Loops))]
    public void ThePartsHaveEachUnitOnceAndInOrderOverTheSeamsAndFragmentsAreCountedThrough(string loop)
    {
        var (timeline, plan) = (Timelines[loop], new SegmentPlan(Timelines[loop]));
        foreach (var kind in Enum.GetValues<TrackKind>())
        {
            var (turn, gop, unit, fragment) = (0L, 0, 0, 0L);
            foreach (var (segment, part) in Several(plan).SelectMany(s => Enumerable.Range(0, s.Parts).Select(p => (s, p))))
            {
                Assert.Equal(fragment, plan.FragmentsBefore(kind, segment, part));
                var ranges = plan.Fragments(kind, segment, part, 1).ToList();
                Assert.NotEmpty(ranges);
                foreach (var range in ranges)
                {
                    while (unit == timeline.UnitsIn(kind, gop))
                    {
                        (turn, gop, unit) = gop + 1 < timeline.GopCount ? (turn, gop + 1, 0) : (turn + 1, 0, 0);
                    }

                    Assert.Equal((turn, gop, unit), (range.Turn, range.Gop, range.First));
                    (unit, fragment) = (range.End, fragment + 1);
                }
            }
        }
    }

    [Fact]
    public void SoundIsCutWhereThePictureIsButForLessThanAUnit()
    {
        var plan = new SegmentPlan(Timelines["ntsc"]);
        Assert.All(Several(plan), s => Assert.InRange(plan.StartOf(TrackKind.Audio, s.FirstFrame) - plan.StartOf(TrackKind.Video, s.FirstFrame), TimeSpan.Zero, TimeSpan.FromMilliseconds(21.4)));
        // Units begin anew with each turn.
        Assert.Equal(plan.StartOf(TrackKind.Video, 149 * 7), plan.StartOf(TrackKind.Audio, 149 * 7));
    }

    private static double Duration(SegmentPlan plan, TrackKind kind, HlsSegment segment) => plan.DurationOf(kind, segment.FirstFrame, segment.EndFrame).TotalSeconds;

    /// <summary>Those of three periods, and some far on.</summary>
    private static IEnumerable<HlsSegment> Several(SegmentPlan plan) => Enumerable.Range(0, (3 * plan.SegmentsInPeriod) + 1).Select(i => plan[i]);
}

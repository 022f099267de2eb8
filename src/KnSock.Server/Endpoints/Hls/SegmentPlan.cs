using KnSock.Media;
using KnSock.Server.Sources;

namespace KnSock.Server.Endpoints.Hls;

/// <summary>Where the segments of a channel begin and end, and their parts: a pure function of its loop, so all renditions and all requests agree.</summary>
/// <remarks>
/// <para>A segment is as many GOPs as come next to two seconds, and at least one second. Shorter ones would have players that know nothing of parts ask more often, longer ones would
/// keep those further behind, for they stay three segments behind the end. What is left of a turn and is shorter than a second belongs to the segment before, so segments begin
/// anew with each turn. Only where a turn itself is shorter than a second do segments last several turns.</para>
/// <para>A part is as many frames as divide a GOP evenly into 0.2 to 0.35 s, otherwise 0.3 s of them, counted from the segment's start. The sound is cut into the units
/// that begin within the picture's part.</para>
/// </remarks>
internal sealed class SegmentPlan
{
    private const double TargetSeconds = 2;
    private const double LeastPartSeconds = 0.2;
    private const double MostPartSeconds = 0.35;

    // A part but the last of a segment must have 85 % of the longest (RFC 8216bis, 4.4.4.9); so a rest of less than this is no part of its own.
    private const double LeastRest = 0.15;

    private readonly LoopTimeline _timeline;
    private readonly long[] _starts;
    private readonly int _partFrames;
    private readonly int[] _videoFragments;
    private readonly int[] _audioFragments;

    public SegmentPlan(LoopTimeline timeline)
    {
        _timeline = timeline;
        var fps = timeline.FrameRate.PerSecond;
        var least = (long)Math.Ceiling(fps - 1e-6);
        var turns = (int)((least + timeline.FrameCount - 1) / timeline.FrameCount);
        _starts = [.. Cut(timeline, turns, least, fps * TargetSeconds)];
        _partFrames = PartFramesOf(timeline);
        var segments = Enumerable.Range(0, SegmentsInPeriod).Select(i => this[i]).ToArray();
        TargetDuration = (int)Math.Max(1, segments.Max(s => Math.Max(Round(TrackKind.Video, s), Round(TrackKind.Audio, s))));
        ShortestSegment = segments.Min(s => DurationOf(TrackKind.Video, s.FirstFrame, s.EndFrame));
        (_videoFragments, _audioFragments) = (CountFragments(TrackKind.Video, segments), CountFragments(TrackKind.Audio, segments));
        (VideoPartTarget, AudioPartTarget) = (LongestPart(TrackKind.Video, segments), LongestPart(TrackKind.Audio, segments));
    }

    /// <summary>Segments after which the pattern repeats: those of a turn, or of several short turns.</summary>
    public int SegmentsInPeriod => _starts.Length - 1;

    /// <summary>The longest segment of any rendition in whole seconds, rounded to the nearest.</summary>
    public int TargetDuration { get; }

    public TimeSpan ShortestSegment { get; }

    private TimeSpan VideoPartTarget { get; }

    private TimeSpan AudioPartTarget { get; }

    private long PeriodFrames => _starts[^1];

    public HlsSegment this[long number]
    {
        get
        {
            var (period, index) = Math.DivRem(number, SegmentsInPeriod);
            var (first, end) = (_starts[index], _starts[index + 1]);
            var (whole, rest) = Math.DivRem(end - first, _partFrames);
            var parts = (int)Math.Max(1, rest > _partFrames * LeastRest ? whole + 1 : whole);
            return new HlsSegment(number, (period * PeriodFrames) + first, (period * PeriodFrames) + end, _partFrames, parts);
        }
    }

    /// <summary>The longest part of a rendition, rounded up to a millisecond, since each turn's times are rounded by themselves.</summary>
    public TimeSpan PartTarget(TrackKind kind) => kind == TrackKind.Video ? VideoPartTarget : AudioPartTarget;

    /// <summary>The time that so many turns last that segments repeat, at least this long.</summary>
    public TimeSpan WholePeriods(TimeSpan least)
    {
        var period = _timeline.FrameRate.StartOf(PeriodFrames).SinceZero;
        return _timeline.FrameRate.StartOf((long)Math.Ceiling(least / period) * PeriodFrames).SinceZero;
    }

    /// <summary>The segment that a frame belongs to.</summary>
    public HlsSegment SegmentAt(long frame)
    {
        var (period, within) = Math.DivRem(frame, PeriodFrames);
        var index = Array.BinarySearch(_starts, within);
        return this[(period * SegmentsInPeriod) + (index >= 0 ? index : ~index - 1)];
    }

    /// <summary>The end of the part that a frame lies in.</summary>
    public long NextCut(long frame)
    {
        var segment = SegmentAt(frame);
        return segment.PartStart(segment.PartsBefore(frame) + 1);
    }

    /// <summary>Where the part of a rendition begins on the channel's timeline that is cut at a frame.</summary>
    public Timestamp StartOf(TrackKind kind, long frame)
    {
        if (kind == TrackKind.Video)
        {
            return _timeline.FrameRate.StartOf(frame);
        }

        var (turn, within) = Math.DivRem(frame, _timeline.FrameCount);
        var unit = _timeline.TurnStart(turn) + _timeline.AudioUnitStart(_timeline.AudioUnitAt(within)).SinceZero;
        // Behind the last unit of a turn comes the next turn.
        return Timestamp.Min(unit, _timeline.TurnStart(turn + 1));
    }

    /// <summary>How long a rendition plays between two cuts.</summary>
    public TimeSpan DurationOf(TrackKind kind, long first, long end) => StartOf(kind, end) - StartOf(kind, first);

    /// <summary>The first GOP behind a frame or at it, counted from the channel's zero.</summary>
    public long GopOf(long frame)
    {
        var (turn, within) = Math.DivRem(frame, _timeline.FrameCount);
        return (turn * _timeline.GopCount) + _timeline.GopOf(within);
    }

    /// <summary>First frame of a GOP that is counted from the channel's zero.</summary>
    public long FirstFrame(long gop)
    {
        var (turn, within) = Math.DivRem(gop, _timeline.GopCount);
        return (turn * _timeline.FrameCount) + _timeline.FirstFrame((int)within);
    }

    /// <summary>Whether a GOP begins at a frame.</summary>
    public bool IsKeyframe(long frame) => FirstFrame(GopOf(frame)) == frame;

    /// <summary>The units of a rendition between two cuts, by the GOPs in which they lie.</summary>
    public IEnumerable<UnitRange> Units(TrackKind kind, long first, long end)
    {
        while (first < end)
        {
            var (turn, within) = Math.DivRem(first, _timeline.FrameCount);
            var gop = _timeline.GopOf(within);
            var to = Math.Min(_timeline.FirstFrame(gop + 1), within + (end - first));
            var zero = UnitAt(kind, _timeline.FirstFrame(gop));
            var (firstUnit, endUnit) = ((int)(UnitAt(kind, within) - zero), (int)(UnitAt(kind, to) - zero));
            if (firstUnit < endUnit)
            {
                yield return new UnitRange(turn, gop, firstUnit, endUnit);
            }

            first += to - within;
        }
    }

    /// <summary>The units of some parts, by parts and by the GOPs in which they lie: each is a fragment.</summary>
    public IEnumerable<UnitRange> Fragments(TrackKind kind, HlsSegment segment, int first, int count) =>
        Enumerable.Range(first, count).SelectMany(part => Units(kind, segment.PartStart(part), segment.PartStart(part + 1)));

    /// <summary>How many fragments a rendition has before a part, from the channel's zero.</summary>
    public long FragmentsBefore(TrackKind kind, HlsSegment segment, int part)
    {
        var counts = kind == TrackKind.Video ? _videoFragments : _audioFragments;
        var (period, index) = Math.DivRem(segment.Number, SegmentsInPeriod);
        return (period * counts[^1]) + counts[index] + Fragments(kind, segment, 0, part).Count();
    }

    private int[] CountFragments(TrackKind kind, HlsSegment[] segments)
    {
        var counts = new int[segments.Length + 1];
        for (var i = 0; i < segments.Length; i++)
        {
            counts[i + 1] = counts[i] + Fragments(kind, segments[i], 0, segments[i].Parts).Count();
        }

        return counts;
    }

    private long UnitAt(TrackKind kind, long frame) => kind == TrackKind.Video ? frame : _timeline.AudioUnitAt(frame);

    private double Round(TrackKind kind, HlsSegment segment) =>
        Math.Round(DurationOf(kind, segment.FirstFrame, segment.EndFrame).TotalSeconds, MidpointRounding.AwayFromZero);

    private TimeSpan LongestPart(TrackKind kind, IEnumerable<HlsSegment> segments)
    {
        var longest = segments.SelectMany(s => Enumerable.Range(0, s.Parts).Select(p => DurationOf(kind, s.PartStart(p), s.PartStart(p + 1)))).Max();
        return TimeSpan.FromMilliseconds(Math.Ceiling(longest.TotalMilliseconds));
    }

    /// <summary>The frames at which segments begin within some turns, and the end.</summary>
    private static List<long> Cut(LoopTimeline timeline, int turns, long least, double target)
    {
        var starts = new List<long> { 0 };
        var total = turns * timeline.FrameCount;
        for (var turn = 0; turn < turns; turn++)
        {
            for (var gop = 0; gop < timeline.GopCount; gop++)
            {
                var (end, next) = ((turn * timeline.FrameCount) + timeline.FirstFrame(gop + 1), (turn * timeline.FrameCount) + timeline.FirstFrame(gop + 2));
                var length = end - starts[^1];
                var over = next - starts[^1] - target;
                if (end < total && length >= least && over >= target - length && total - end >= least)
                {
                    starts.Add(end);
                }
            }
        }

        starts.Add(total);
        return starts;
    }

    private static int PartFramesOf(LoopTimeline timeline)
    {
        var fps = timeline.FrameRate.PerSecond;
        var (least, most) = ((int)Math.Ceiling((LeastPartSeconds * fps) - 1e-6), (int)Math.Floor(MostPartSeconds * fps));
        for (var frames = most; frames >= Math.Max(1, least); frames--)
        {
            if (timeline.GopFrames % frames == 0)
            {
                return frames;
            }
        }

        return Math.Max(1, (int)Math.Round((LeastPartSeconds + MostPartSeconds) / 2 * fps));
    }
}

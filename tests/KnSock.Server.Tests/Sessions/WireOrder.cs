using KnSock.Media;
using KnSock.Protocol;
using KnSock.Server.Sources;
using KnSock.Server.Tests.Endpoints.Native;

namespace KnSock.Server.Tests.Sessions;

/// <summary>What PROTOCOL.md says of the order of frames, for each track by itself.</summary>
internal static class WireOrder
{
    public static IReadOnlyList<Arrived> Of(TrackKind kind, IEnumerable<Arrived> frames) =>
        [.. frames.Where(f => f.Header.Flags.HasFlag(FrameFlags.Audio) == (kind == TrackKind.Audio))];

    /// <summary>Where each unit lies on the viewer's timeline by the mark before it.</summary>
    public static IReadOnlyList<(uint Selection, Timestamp Dts, Arrived Frame)> Units(TrackKind kind, IEnumerable<Arrived> frames)
    {
        var units = new List<(uint, Timestamp, Arrived)>();
        Mark? mark = null;
        foreach (var frame in Of(kind, frames))
        {
            mark = frame.Mark ?? mark;
            if (frame.Header.Kind == FrameKind.AccessUnit)
            {
                units.Add((mark!.Value.Selection, mark.Value.TurnStart + frame.Header.Dts.SinceZero, frame));
            }
        }

        return units;
    }

    public static void Check(IEnumerable<Arrived> frames, LoopTimeline timeline)
    {
        var all = frames.ToList();
        CheckTrack(Of(TrackKind.Video, all), timeline.FirstFrame, timeline.GopCount);
        CheckTrack(Of(TrackKind.Audio, all), timeline.FirstAudioUnit, timeline.GopCount);
        TimeSpan? sentAt = null;
        foreach (var mark in all.Where(f => f.Mark is not null).Select(f => f.Mark!.Value))
        {
            Assert.True(!(mark.SendTime.SinceZero < sentAt), "send times go back");
            sentAt = mark.SendTime.SinceZero;
        }
    }

    private static void CheckTrack(IReadOnlyList<Arrived> frames, Func<int, long> firstUnit, int gops)
    {
        var gopStarts = Enumerable.Range(0, gops).Select(g => (uint)firstUnit(g)).ToHashSet();
        var (marks, isMarked, isConfigured, isDiscontinuous) = (0u, false, false, false);
        var (mark, unit) = ((Arrived?)null, (Arrived?)null);
        var markOfUnit = (Mark?)null;
        foreach (var frame in frames)
        {
            var header = frame.Header;
            switch (header.Kind)
            {
                case FrameKind.Mark:
                    Assert.Equal(marks++, header.Sequence);
                    isDiscontinuous |= header.Flags.HasFlag(FrameFlags.Discontinuity);
                    isConfigured &= mark?.Header.Rendition == header.Rendition && mark.Mark!.Value.Selection == frame.Mark!.Value.Selection;
                    (mark, isMarked) = (frame, true);
                    break;
                case FrameKind.Configuration:
                    Assert.Equal(mark!.Header.Rendition, header.Rendition);
                    isConfigured = true;
                    break;
                default:
                    var (now, before) = (mark!.Mark!.Value, markOfUnit);
                    Assert.True(isConfigured, $"unit {header.Sequence} without a configuration");
                    Assert.Equal(mark.Header.Rendition, header.Rendition);
                    Assert.True(isMarked || !gopStarts.Contains(header.Sequence), $"no mark before the GOP at {header.Sequence}");
                    Assert.True(isDiscontinuous || before is not null, "no discontinuity at the start");
                    Assert.True(isDiscontinuous || before?.Selection == now.Selection, $"no discontinuity before selection {now.Selection}");
                    Assert.True(
                        isDiscontinuous || header.Sequence == unit!.Header.Sequence + 1 || (header.Sequence == 0 && now.TurnStart > before!.Value.TurnStart),
                        $"unit {header.Sequence} behind {unit?.Header.Sequence}");
                    Assert.True(!isDiscontinuous || header.Flags.HasFlag(FrameFlags.Keyframe), "no keyframe behind a discontinuity");
                    (unit, markOfUnit, isMarked, isDiscontinuous) = (frame, now, false, false);
                    break;
            }
        }
    }
}

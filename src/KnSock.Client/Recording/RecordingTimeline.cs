using KnSock.Client.Playout;
using KnSock.Media;

namespace KnSock.Client.Recording;

/// <summary>Moves what is played onto the timeline of a file: 0 is the first keyframe, and another selection goes on where the last one ended.</summary>
internal sealed class RecordingTimeline
{
    private uint? _selection;
    private TimeSpan _shift;
    private Timestamp _start;
    private Timestamp _end;

    /// <summary>The unit as it stands in the file. Null for what cannot be part of it: everything before the first keyframe of a selection.</summary>
    public AccessUnit? Place(in QueuedUnit queued)
    {
        var unit = queued.Unit;
        if (queued.Selection != _selection)
        {
            if (unit.Kind != TrackKind.Video || !unit.IsKeyframe || (_selection is { } present && queued.Selection < present))
            {
                return null;
            }

            (_selection, _start, _shift) = (queued.Selection, unit.Pts, _end - unit.Pts);
        }

        if (unit.Pts < _start)
        {
            return null;
        }

        var placed = unit with { Pts = unit.Pts + _shift, Dts = unit.Dts + _shift };
        _end = Timestamp.Max(_end, placed.End);
        return placed;
    }
}

using KnSock.Client.Playout;
using KnSock.Media;

namespace KnSock.Client.Recording;

/// <summary>Moves what is played onto the timeline of a file: 0 is the first keyframe, and another selection goes on where the last one ended.</summary>
internal sealed class RecordingTimeline
{
    private readonly RecordedSound _sound = new();
    private uint? _selection;
    private TimeSpan _shift;
    private Timestamp _start;
    private Timestamp _end;
    private Timestamp? _lastDecoded;
    private bool _awaitsKeyframe;

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
        if (placed.Kind == TrackKind.Video && !Continues(placed))
        {
            return null;
        }

        _end = Timestamp.Max(_end, placed.End);
        return queued.Configuration is AudioConfiguration audio ? _sound.Place(placed, audio.SampleRate) : placed;
    }

    /// <summary>
    /// Whether a picture comes after what is in the file. One that does not belongs to a GOP that the server began again in another rung; what
    /// builds on it cannot be decoded in the file, so the next keyframe has to be waited for.
    /// </summary>
    private bool Continues(AccessUnit unit)
    {
        var isLater = !(unit.Dts <= _lastDecoded);
        _awaitsKeyframe = !isLater || (_awaitsKeyframe && !unit.IsKeyframe);
        if (_awaitsKeyframe)
        {
            return false;
        }

        _lastDecoded = unit.Dts;
        return true;
    }
}

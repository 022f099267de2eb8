using KnSock.Client.Playout;
using KnSock.Media;

namespace KnSock.Simulation.Viewers;

/// <summary>Sound at an ideal output: it takes units some way ahead as the production sink does, and what is heard is what playout stands at.</summary>
internal sealed class SimulatedSound(IPlayback playback)
{
    private static readonly TimeSpan Ahead = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan HeldBehindGap = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan HeldUntil = TimeSpan.FromMilliseconds(200);

    private uint _selection;
    private Timestamp _start;
    private Timestamp _end;
    private QueuedUnit? _held;

    /// <summary>Takes what is needed soon, and says what is heard.</summary>
    public void Run()
    {
        var position = playback.Position;
        while (TryTake(position))
        {
            // Nothing else is to be done between two units.
        }

        if (position is { } heard && _selection == playback.Selection && heard >= _start && heard < _end)
        {
            playback.ReportAudioPosition(heard);
        }
    }

    private bool TryTake(Timestamp? position)
    {
        if (_held is { } held && held.Selection == playback.Selection)
        {
            // Behind a gap: playout may jump over it, and sound on the line could not.
            if (position is not { } at || held.Unit.Pts - at > HeldUntil)
            {
                return false;
            }

            (_held, _start, _end) = (null, held.Unit.Pts, held.Unit.End);
            return true;
        }

        _held = null;
        if ((_selection == playback.Selection && _end - (position ?? _start) >= Ahead) || !playback.TryTake(TrackKind.Audio, out var unit))
        {
            return false;
        }

        if (unit.Selection != _selection)
        {
            (_selection, _start, _end) = (unit.Selection, unit.Unit.Pts, unit.Unit.End);
        }
        else if (unit.Discontinuity && unit.Unit.Pts - _end > HeldBehindGap)
        {
            _held = unit;
        }
        else
        {
            _end = unit.Unit.End;
        }

        return _held is null;
    }
}

using KnSock.Media;

namespace KnSock.Client.Recording;

/// <summary>
/// Lays the units of sound end to end, as players of files play them, who do not cut the last unit of a turn: each turn of a loop would make their
/// sound later by up to a unit. Where it would be late by more than half of one, a unit is left out; so the sound of a file is never further
/// from its place than that, 11 ms, however long it is.
/// </summary>
internal sealed class RecordedSound
{
    private Timestamp? _start;
    private long _units;

    /// <summary>The unit in its place. Null: it is left out.</summary>
    /// <param name="unit">A unit on the timeline of the file.</param>
    /// <param name="sampleRate">Samples a second.</param>
    public AccessUnit? Place(AccessUnit unit, int sampleRate)
    {
        if (sampleRate <= 0)
        {
            return unit;
        }

        var half = Timestamp.FromUnits(AudioRendition.SamplesPerUnit / 2, sampleRate).SinceZero;
        if (_start is null || unit.Pts - At(_units, sampleRate) > half)
        {
            (_start, _units) = (unit.Pts, 0);
        }

        var (pts, end) = (At(_units, sampleRate), At(_units + 1, sampleRate));
        if (end - unit.End > half)
        {
            return null;
        }

        _units++;
        return unit with { Pts = pts, Dts = pts, Duration = end - pts };
    }

    private Timestamp At(long unit, int sampleRate) =>
        _start!.Value + Timestamp.FromUnits(unit * AudioRendition.SamplesPerUnit, sampleRate).SinceZero;
}

using KnSock.Media;

namespace KnSock.Client.Playout;

/// <summary>The units of one track between their arrival and their decoding.</summary>
/// <remarks>
/// Connections keep the order of what they carry, so a number that is missing when a later one is wanted
/// will not come any more: a video gap ends at the next keyframe and what lies between is thrown away; sound goes on behind the gap.
/// Holds no clock and no lock.
/// </remarks>
internal sealed class JitterBuffer
{
    private readonly HeldUnits _units;
    private readonly DecodableRuns _runs;
    private uint _thrownAway;

    /// <summary>Creates an empty one.</summary>
    /// <param name="maxDuration">Most media held.</param>
    /// <param name="maxBytes">Most payload held, bytes.</param>
    public JitterBuffer(TimeSpan maxDuration, long maxBytes)
    {
        _units = new HeldUnits(maxDuration, maxBytes);
        _runs = new DecodableRuns(_units);
    }

    /// <summary>The selection whose units are taken in.</summary>
    public uint Selection { get; private set; }

    /// <summary>Units held.</summary>
    public int Count => _units.Count;

    /// <summary>Payload held, bytes, with an allowance for each unit.</summary>
    public long Bytes => _units.Bytes;

    /// <summary>Media held.</summary>
    public TimeSpan Duration => _units.Duration;

    /// <summary>Units that never came, as far as their numbers tell, in all selections.</summary>
    public long Missing { get; private set; }

    /// <summary>Units thrown away because one before them is missing, in all selections.</summary>
    public long Undecodable { get; private set; }

    /// <summary>Where the first picture or sound of the selection that can be decoded begins. Null while there is none.</summary>
    public Timestamp? Start => _runs.Start;

    /// <summary>Where the last media ends that can be decoded, whether it was given out already or not. Null while there is none.</summary>
    public Timestamp? End => _runs.End;

    /// <summary>When the unit after the last one is due to be decoded. Null before the first.</summary>
    public Timestamp? NextDue => Last is { } last ? last.Unit.Dts + last.Unit.Duration : null;

    private ArrivedUnit? Last => _units.Last ?? _runs.Given;

    /// <summary>Throws everything away and takes in the units of another selection.</summary>
    public void Begin(uint selection)
    {
        (Selection, _thrownAway) = (selection, 0);
        _units.Clear();
        _runs.Clear();
    }

    /// <summary>Takes in a unit.</summary>
    /// <param name="unit">The unit.</param>
    /// <param name="beyondDuration">Whether it is taken in beyond the most media too; the most bytes hold all the same.</param>
    public JitterOutcome Add(in ArrivedUnit unit, bool beyondDuration = false)
    {
        if (unit.Selection != Selection)
        {
            return JitterOutcome.OtherSelection;
        }

        if (BeginsGopAgain(unit))
        {
            // What of it was given out already is decoded once more, since the rest builds on it; whoever shows the pictures leaves out the ones shown.
            _units.DropFrom(unit);
            _runs.OnTakenBack(unit);
        }

        if (_runs.Given is { } given && unit.CompareOrder(given) <= 0)
        {
            return JitterOutcome.Duplicate;
        }

        var isLast = _units.Last is not { } last || unit.CompareOrder(last) > 0;
        var outcome = _units.Add(unit, beyondDuration);
        if (outcome == JitterOutcome.Accepted)
        {
            _runs.OnAdded(unit, isLast);
        }

        return outcome;
    }

    /// <summary>Throws the older half away: where no later unit may wait for room, a picture dropped now and then would cost a GOP each time.</summary>
    public void DropOlderHalf()
    {
        _units.DropOlderHalf();
        _runs.OnDropped();
    }

    /// <summary>Throws away what need not be decoded to go on at a position: all before the last keyframe, or the last unit of sound, at or before it.</summary>
    public void SkipTo(Timestamp position)
    {
        if (_units.DropBefore(position))
        {
            // Nothing of it is missing.
            _thrownAway = 0;
            _runs.OnSkipped();
        }
    }

    /// <summary>Gives out the next unit that can be decoded, in decoding order.</summary>
    /// <param name="unit">The unit; its <see cref="ArrivedUnit.Discontinuity"/> says whether the decoder starts anew with it.</param>
    public bool TryTake(out ArrivedUnit unit)
    {
        while (_units.TryTakeFirst(out unit))
        {
            var follows = _runs.Given is { } given && unit.Follows(given);
            if (!follows && !unit.IsEntry)
            {
                Undecodable++;
                _thrownAway++;
                continue;
            }

            if (!follows)
            {
                CountMissing(unit);
                unit = unit with { Discontinuity = true };
            }

            _runs.OnGiven(unit);
            _thrownAway = 0;
            return true;
        }

        return false;
    }

    /// <summary>
    /// Media that can be decoded without a gap from <paramref name="position"/> on, whether it was given out already or not. Where the position
    /// lies in a gap, what follows the gap counts.
    /// </summary>
    public TimeSpan Level(Timestamp position) => _runs.Level(position);

    /// <summary>Media that can be decoded behind the gap that ends <see cref="Level"/>, gaps left out.</summary>
    public TimeSpan LevelBehindGap(Timestamp position) => _runs.LevelBehindGap(position);

    /// <summary>Where media goes on if <paramref name="position"/> lies in a gap. Null if it does not.</summary>
    public Timestamp? GoesOnAt(Timestamp position) => _runs.GoesOnAt(position);

    /// <summary>Whether the server left a GOP for want of time and begins it again in another rung.</summary>
    private bool BeginsGopAgain(in ArrivedUnit unit) =>
        unit.Unit.Kind == TrackKind.Video && unit.Unit.IsKeyframe && Last is { } last && last.Rendition != unit.Rendition && unit.CompareOrder(last) <= 0;

    private void CountMissing(in ArrivedUnit unit)
    {
        if (_runs.Given is not { } given || given.Unit.Duration <= TimeSpan.Zero)
        {
            return;
        }

        // How many units a turn has is not known, but how long they take.
        var between = given.TurnStart == unit.TurnStart
            ? unit.Unit.Sequence - given.Unit.Sequence - 1L
            : (long)Math.Round((unit.Unit.Dts - given.Unit.Dts - given.Unit.Duration) / given.Unit.Duration);
        Missing += Math.Max(0, between - _thrownAway);
    }
}

using KnSock.Media;

namespace KnSock.Client.Playout;

/// <summary>What a jitter buffer did with a unit.</summary>
internal enum JitterOutcome
{
    /// <summary>It was taken in.</summary>
    Accepted,

    /// <summary>It is there already, or playout is past it.</summary>
    Duplicate,

    /// <summary>It answers another selection.</summary>
    OtherSelection,

    /// <summary>There is no room; it is to be offered again.</summary>
    Full,
}

/// <summary>The units of one track between their arrival and their decoding.</summary>
/// <remarks>
/// Units are kept in decoding order. Connections keep the order of what they carry, so a number that is missing when a later one is wanted
/// will not come any more: a video gap ends at the next keyframe and what lies between is thrown away; sound goes on behind the gap.
/// Holds no clock and no lock.
/// </remarks>
/// <param name="maxDuration">Most media held.</param>
/// <param name="maxBytes">Most payload held, bytes.</param>
internal sealed class JitterBuffer(TimeSpan maxDuration, long maxBytes)
{
    /// <summary>Counted for each unit beside its payload, so that empty units cannot fill the memory either.</summary>
    private const int BytesPerUnit = 1024;

    private readonly LinkedList<ArrivedUnit> _units = new();
    private readonly List<DecodableRun> _runs = [];
    private DecodableRun _givenRun;
    private Timestamp? _givenBeforeGap;
    private ArrivedUnit? _given;
    private ArrivedUnit? _tail;
    private bool _runsAreStale;
    private uint _thrownAway;

    /// <summary>The selection whose units are taken in.</summary>
    public uint Selection { get; private set; }

    /// <summary>Units held.</summary>
    public int Count => _units.Count;

    /// <summary>Payload held, bytes, with an allowance for each unit.</summary>
    public long Bytes { get; private set; }

    /// <summary>Media held.</summary>
    public TimeSpan Duration { get; private set; }

    /// <summary>Units that never came, as far as their numbers tell, in all selections.</summary>
    public long Missing { get; private set; }

    /// <summary>Units thrown away because one before them is missing, in all selections.</summary>
    public long Undecodable { get; private set; }

    /// <summary>Where the first picture or sound of the selection that can be decoded begins. Null while there is none.</summary>
    public Timestamp? Start => Runs is [var first, ..] ? first.Start : null;

    /// <summary>Where the last media ends that can be decoded, whether it was given out already or not. Null while there is none.</summary>
    public Timestamp? End => Runs is [.., var last] ? last.End : null;

    /// <summary>When the unit after the last one is due to be decoded. Null before the first.</summary>
    public Timestamp? NextDue => (_units.Last?.Value ?? _given) is { } last ? last.Unit.Dts + last.Unit.Duration : null;

    /// <summary>Throws everything away and takes in the units of another selection.</summary>
    public void Begin(uint selection)
    {
        Selection = selection;
        _units.Clear();
        _runs.Clear();
        (_given, _tail, _runsAreStale, _thrownAway, Bytes, Duration) = (null, null, false, 0, 0, TimeSpan.Zero);
        _givenBeforeGap = null;
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
            TakeBack(unit);
        }

        if (_given is { } given && unit.CompareOrder(given) <= 0)
        {
            return JitterOutcome.Duplicate;
        }

        var cost = Cost(unit);
        if (_units.Count > 0 && ((Duration + unit.Unit.Duration > maxDuration && !beyondDuration) || Bytes + cost > maxBytes))
        {
            return JitterOutcome.Full;
        }

        var before = _units.Last;
        while (before is not null && before.Value.CompareOrder(unit) > 0)
        {
            before = before.Previous;
        }

        if (before is not null && before.Value.CompareOrder(unit) == 0)
        {
            return JitterOutcome.Duplicate;
        }

        Insert(unit, before);
        Bytes += cost;
        Duration += unit.Unit.Duration;
        return JitterOutcome.Accepted;
    }

    /// <summary>Throws the older half away: where no later unit may wait for room, a picture dropped now and then would cost a GOP each time.</summary>
    public void DropOlderHalf()
    {
        var (duration, bytes) = (Duration / 2, Bytes / 2);
        while (_units.First is { } first && (Duration > duration || Bytes > bytes))
        {
            Remove(first);
        }

        _runsAreStale = true;
    }

    /// <summary>Throws away what need not be decoded to go on at a position: all before the last keyframe, or the last unit of sound, at or before it.</summary>
    public void SkipTo(Timestamp position)
    {
        var entry = _units.Last;
        while (entry is not null && (!entry.Value.IsEntry || entry.Value.Unit.Pts > position))
        {
            entry = entry.Previous;
        }

        if (entry is null || entry == _units.First)
        {
            return;
        }

        while (_units.First is { } first && first != entry)
        {
            Remove(first);
        }

        // What follows is no continuation of what was given out, and nothing is missing.
        (_given, _givenBeforeGap, _runsAreStale, _thrownAway) = (null, null, true, 0);
    }

    /// <summary>Gives out the next unit that can be decoded, in decoding order.</summary>
    /// <param name="unit">The unit; its <see cref="ArrivedUnit.Discontinuity"/> says whether the decoder starts anew with it.</param>
    public bool TryTake(out ArrivedUnit unit)
    {
        while (_units.First is { } first)
        {
            unit = first.Value;
            Remove(first);
            var follows = _given is { } given && unit.Follows(given);
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

            Give(unit);
            return true;
        }

        unit = default;
        return false;
    }

    /// <summary>
    /// Media that can be decoded without a gap from <paramref name="position"/> on, whether it was given out already or not. Where the position
    /// lies in a gap, what follows the gap counts.
    /// </summary>
    public TimeSpan Level(Timestamp position)
    {
        foreach (var run in Runs)
        {
            if (run.End > position)
            {
                return run.End - Timestamp.Max(run.Start, position);
            }
        }

        return TimeSpan.Zero;
    }

    /// <summary>Media that can be decoded behind the gap that ends <see cref="Level"/>, gaps left out.</summary>
    public TimeSpan LevelBehindGap(Timestamp position)
    {
        var sum = TimeSpan.Zero;
        var skipped = false;
        foreach (var run in Runs)
        {
            sum += skipped ? run.End - run.Start : TimeSpan.Zero;
            skipped |= run.End > position;
        }

        return sum;
    }

    /// <summary>Where media goes on if <paramref name="position"/> lies in a gap. Null if it does not.</summary>
    public Timestamp? GoesOnAt(Timestamp position)
    {
        if (_givenBeforeGap > position)
        {
            return null;
        }

        foreach (var run in Runs)
        {
            if (run.End > position)
            {
                return run.Start > position ? run.Start : null;
            }
        }

        return null;
    }

    private List<DecodableRun> Runs
    {
        get
        {
            if (_runsAreStale)
            {
                FindRuns();
            }

            return _runs;
        }
    }

    /// <summary>Whether the server left a GOP for want of time and begins it again in another rung.</summary>
    private bool BeginsGopAgain(in ArrivedUnit unit) =>
        unit.Unit.Kind == TrackKind.Video && unit.Unit.IsKeyframe && (_units.Last?.Value ?? _given) is { } last
        && last.Rendition != unit.Rendition && unit.CompareOrder(last) <= 0;

    /// <summary>
    /// Drops the units that come again. Those given out already are decoded once more, since those that follow build on them; whoever shows
    /// the pictures leaves out the ones shown.
    /// </summary>
    private void TakeBack(in ArrivedUnit keyframe)
    {
        while (_units.Last is { } last && last.Value.CompareOrder(keyframe) >= 0)
        {
            Remove(last);
        }

        if (_given is { } given && given.CompareOrder(keyframe) >= 0)
        {
            _given = null;
        }

        _runsAreStale = true;
    }

    private static long Cost(in ArrivedUnit unit) => unit.Unit.Payload.Length + BytesPerUnit;

    private void Insert(in ArrivedUnit unit, LinkedListNode<ArrivedUnit>? before)
    {
        var isLast = before == _units.Last;
        if (before is not null)
        {
            _units.AddAfter(before, unit);
        }
        else
        {
            _units.AddFirst(unit);
        }

        if (isLast && !_runsAreStale)
        {
            Extend(unit);
        }
        else
        {
            _runsAreStale = true;
        }
    }

    private void Remove(LinkedListNode<ArrivedUnit> node)
    {
        _units.Remove(node);
        Bytes -= Cost(node.Value);
        Duration -= node.Value.Unit.Duration;
    }

    private void Give(in ArrivedUnit unit)
    {
        if (unit.Discontinuity && _given is not null)
        {
            // What was given out before the gap is still being played.
            _givenBeforeGap = _givenRun.End;
        }

        _givenRun = unit.Discontinuity ? new DecodableRun(unit.Unit.Pts, unit.Unit.End) : _givenRun.With(unit);
        _runsAreStale |= unit.Discontinuity;
        _given = unit;
        _thrownAway = 0;
    }

    private void Extend(in ArrivedUnit unit)
    {
        if (_tail is { } tail && unit.Follows(tail))
        {
            _runs[^1] = _runs[^1].With(unit);
        }
        else if (unit.IsEntry)
        {
            _runs.Add(new DecodableRun(unit.Unit.Pts, unit.Unit.End));
        }
        else
        {
            return;
        }

        _tail = unit;
    }

    private void FindRuns()
    {
        _runsAreStale = false;
        _tail = _given;
        _runs.Clear();
        if (_given is not null)
        {
            _runs.Add(_givenRun);
        }

        foreach (var unit in _units)
        {
            Extend(unit);
        }
    }

    private void CountMissing(in ArrivedUnit unit)
    {
        if (_given is not { } given || given.Unit.Duration <= TimeSpan.Zero)
        {
            return;
        }

        // How many units a turn has is not known, but how long they take.
        var between = given.TurnStart == unit.TurnStart
            ? unit.Unit.Sequence - given.Unit.Sequence - 1L
            : (long)Math.Round((unit.Unit.Dts - given.Unit.Dts - given.Unit.Duration) / given.Unit.Duration);
        Missing += Math.Max(0, between - _thrownAway);
    }

    /// <summary>Media that can be decoded without a gap.</summary>
    /// <param name="Start">Where it begins.</param>
    /// <param name="End">Where it ends.</param>
    private readonly record struct DecodableRun(Timestamp Start, Timestamp End)
    {
        /// <summary>The run with one more unit. Pictures are reordered within a GOP, so durations are added up instead of taking the latest end.</summary>
        public DecodableRun With(in ArrivedUnit unit) => this with { End = unit.IsEntry ? unit.Unit.End : End + unit.Unit.Duration };
    }
}

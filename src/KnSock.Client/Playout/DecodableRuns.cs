using KnSock.Media;

namespace KnSock.Client.Playout;

/// <summary>What of the units of one track can be played without a gap: those that are held, and those given out that are still being played.</summary>
/// <param name="units">The units held.</param>
internal sealed class DecodableRuns(HeldUnits units)
{
    private readonly List<DecodableRun> _runs = [];

    /// <summary>What was given out before gaps and may still be being played, first to last: a decoder that works ahead may be several gaps ahead of playout.</summary>
    private readonly List<DecodableRun> _givenBeforeGap = [];
    private DecodableRun _givenRun;
    private ArrivedUnit? _tail;
    private bool _isStale;

    /// <summary>The unit given out last, unless what follows is no continuation of it.</summary>
    public ArrivedUnit? Given { get; private set; }

    /// <summary>Where the first of them begins. Null while there is none.</summary>
    public Timestamp? Start => Current is [var first, ..] ? first.Start : null;

    /// <summary>Where the last of them ends. Null while there is none.</summary>
    public Timestamp? End => Current is [.., var last] ? last.End : null;

    private List<DecodableRun> Current
    {
        get
        {
            if (_isStale)
            {
                Find();
            }

            return _runs;
        }
    }

    /// <summary>Forgets what was.</summary>
    public void Clear()
    {
        _runs.Clear();
        _givenBeforeGap.Clear();
        (Given, _tail, _isStale) = (null, null, false);
    }

    /// <summary>A unit was taken in.</summary>
    /// <param name="unit">The unit.</param>
    /// <param name="isLast">Whether it lies behind all others.</param>
    public void OnAdded(in ArrivedUnit unit, bool isLast)
    {
        if (isLast && !_isStale)
        {
            Extend(unit);
        }
        else
        {
            _isStale = true;
        }
    }

    /// <summary>A unit was given out.</summary>
    public void OnGiven(in ArrivedUnit unit)
    {
        if (unit.Discontinuity && Given is not null)
        {
            _givenBeforeGap.Add(_givenRun);
        }

        _givenRun = unit.Discontinuity ? DecodableRun.Of(unit) : _givenRun.With(unit);
        _isStale |= unit.Discontinuity;
        Given = unit;
    }

    /// <summary>Units were thrown away.</summary>
    public void OnDropped() => _isStale = true;

    /// <summary>A GOP comes again: what of it was given out does not count any more.</summary>
    public void OnTakenBack(in ArrivedUnit keyframe)
    {
        if (Given is { } given && given.CompareOrder(keyframe) >= 0)
        {
            Given = null;
        }

        _isStale = true;
    }

    /// <summary>Playout goes on elsewhere: what follows is no continuation of what was given out.</summary>
    public void OnSkipped()
    {
        _givenBeforeGap.Clear();
        (Given, _isStale) = (null, true);
    }

    /// <summary>Media without a gap from <paramref name="position"/> on. Where the position lies in a gap, what follows the gap counts.</summary>
    public TimeSpan Level(Timestamp position)
    {
        foreach (var run in Current)
        {
            if (run.End > position)
            {
                return run.End - Timestamp.Max(run.Start, position);
            }
        }

        return TimeSpan.Zero;
    }

    /// <summary>Media behind the gap that ends <see cref="Level"/>, gaps left out.</summary>
    public TimeSpan LevelBehindGap(Timestamp position)
    {
        var sum = TimeSpan.Zero;
        var skipped = false;
        foreach (var run in Current)
        {
            sum += skipped ? run.End - run.Start : TimeSpan.Zero;
            skipped |= run.End > position;
        }

        return sum;
    }

    /// <summary>Where media goes on if <paramref name="position"/> lies in a gap. Null if it does not.</summary>
    public Timestamp? GoesOnAt(Timestamp position)
    {
        // Positions do not go back.
        _givenBeforeGap.RemoveAll(run => run.End <= position);
        if (_givenBeforeGap is [var given, ..])
        {
            return given.Start > position ? given.Start : null;
        }

        foreach (var run in Current)
        {
            if (run.End > position)
            {
                return run.Start > position ? run.Start : null;
            }
        }

        return null;
    }

    private void Extend(in ArrivedUnit unit)
    {
        if (_tail is { } tail && unit.Follows(tail))
        {
            _runs[^1] = _runs[^1].With(unit);
        }
        else if (unit.IsEntry)
        {
            _runs.Add(DecodableRun.Of(unit));
        }
        else
        {
            return;
        }

        _tail = unit;
    }

    private void Find()
    {
        _isStale = false;
        _tail = Given;
        _runs.Clear();
        if (Given is not null)
        {
            _runs.Add(_givenRun);
        }

        foreach (var unit in units)
        {
            Extend(unit);
        }
    }
}

using KnSock.Media;

namespace KnSock.Client.Playout;

/// <summary>Units in decoding order, in whatever order they come, and no more of them than there is room for.</summary>
/// <param name="maxDuration">Most media held.</param>
/// <param name="maxBytes">Most payload held, bytes.</param>
internal sealed class HeldUnits(TimeSpan maxDuration, long maxBytes)
{
    /// <summary>Counted for each unit beside its payload, so that empty units cannot fill the memory either.</summary>
    private const int BytesPerUnit = 1024;

    private readonly LinkedList<ArrivedUnit> _units = new();

    /// <summary>Units held.</summary>
    public int Count => _units.Count;

    /// <summary>Payload held, bytes, with an allowance for each unit.</summary>
    public long Bytes { get; private set; }

    /// <summary>Media held.</summary>
    public TimeSpan Duration { get; private set; }

    /// <summary>The one that is decoded last. Null: there is none.</summary>
    public ArrivedUnit? Last => _units.Last?.Value;

    /// <summary>Takes in a unit.</summary>
    /// <param name="unit">The unit.</param>
    /// <param name="beyondDuration">Whether it is taken in beyond the most media too; the most bytes hold all the same.</param>
    public JitterOutcome Add(in ArrivedUnit unit, bool beyondDuration)
    {
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

        if (before is not null)
        {
            _units.AddAfter(before, unit);
        }
        else
        {
            _units.AddFirst(unit);
        }

        Bytes += cost;
        Duration += unit.Unit.Duration;
        return JitterOutcome.Accepted;
    }

    /// <summary>Takes out the unit that is decoded first.</summary>
    public bool TryTakeFirst(out ArrivedUnit unit)
    {
        if (_units.First is not { } first)
        {
            unit = default;
            return false;
        }

        unit = first.Value;
        Remove(first);
        return true;
    }

    /// <summary>Throws away a unit's place and all behind it.</summary>
    public void DropFrom(in ArrivedUnit unit)
    {
        while (_units.Last is { } last && last.Value.CompareOrder(unit) >= 0)
        {
            Remove(last);
        }
    }

    /// <summary>Throws away the older half.</summary>
    public void DropOlderHalf()
    {
        var (duration, bytes) = (Duration / 2, Bytes / 2);
        while (_units.First is { } first && (Duration > duration || Bytes > bytes))
        {
            Remove(first);
        }
    }

    /// <summary>Throws away all before the last unit at or before a position with which decoding can begin.</summary>
    /// <returns>Whether there was anything to throw away.</returns>
    public bool DropBefore(Timestamp position)
    {
        var entry = _units.Last;
        while (entry is not null && (!entry.Value.IsEntry || entry.Value.Unit.Pts > position))
        {
            entry = entry.Previous;
        }

        if (entry is null || entry == _units.First)
        {
            return false;
        }

        while (_units.First is { } first && first != entry)
        {
            Remove(first);
        }

        return true;
    }

    /// <summary>Throws everything away.</summary>
    public void Clear()
    {
        _units.Clear();
        (Bytes, Duration) = (0, TimeSpan.Zero);
    }

    /// <summary>Enumerates the units in decoding order.</summary>
    public LinkedList<ArrivedUnit>.Enumerator GetEnumerator() => _units.GetEnumerator();

    private static long Cost(in ArrivedUnit unit) => unit.Unit.Payload.Length + BytesPerUnit;

    private void Remove(LinkedListNode<ArrivedUnit> node)
    {
        _units.Remove(node);
        Bytes -= Cost(node.Value);
        Duration -= node.Value.Unit.Duration;
    }
}

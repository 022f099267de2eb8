namespace KnSock.Fanout;

/// <summary>The delays of one viewer's units against its best one, which may come last.</summary>
public sealed class DelaySpread
{
    /// <summary>What a better best than that at the start may lie below it without being cut off.</summary>
    private const long Margin = 250_000;

    /// <summary>Made when it is needed: most viewers of a churn never are measured.</summary>
    private SpreadHistogram? _delays;

    private long? _best;
    private long? _reference;
    private bool _isCounting;

    /// <summary>Takes a unit.</summary>
    /// <param name="delay">When it came less when it was due, microseconds; from any zero.</param>
    public void Add(long delay)
    {
        _best = Math.Min(_best ?? delay, delay);
        if (_isCounting && _delays is not null)
        {
            _reference ??= _best - Margin;
            _delays.Add(delay - _reference.Value);
        }
    }

    /// <summary>From here on units count, not only for what the best is.</summary>
    public void Begin()
    {
        (_delays ??= new SpreadHistogram()).Clear();
        (_isCounting, _reference) = (true, _best - Margin);
    }

    /// <summary>Units do not count any more.</summary>
    public void End() => _isCounting = false;

    /// <summary>Adds the counted units to those of other viewers.</summary>
    public void AddTo(SpreadHistogram total)
    {
        if (_delays is not null && _reference is { } reference && _best is { } best)
        {
            total.Merge(_delays, best - reference);
        }
    }
}

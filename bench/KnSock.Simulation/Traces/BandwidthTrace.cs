namespace KnSock.Simulation.Traces;

/// <summary>What a link carried, interval by interval.</summary>
internal sealed class BandwidthTrace
{
    private readonly TimeSpan[] _starts;
    private readonly double[] _kbps;

    /// <summary>Creates a trace.</summary>
    /// <param name="name">Its name, without folder and ending; the part before the first underscore is the kind of network.</param>
    /// <param name="starts">Where its intervals begin, from zero, rising. The last is as long as the one before, or a second where there is none.</param>
    /// <param name="kbps">What the link carried in each, kbit/s; zero is an outage.</param>
    /// <exception cref="ArgumentException">The intervals do not rise from zero, or a capacity is not a number from zero on.</exception>
    public BandwidthTrace(string name, IReadOnlyList<TimeSpan> starts, IReadOnlyList<double> kbps)
    {
        if (starts.Count == 0 || starts.Count != kbps.Count || starts[0] != TimeSpan.Zero || starts.Zip(starts.Skip(1)).Any(pair => pair.First >= pair.Second))
        {
            throw new ArgumentException("the intervals of a trace rise from zero, each with a capacity", nameof(starts));
        }

        if (kbps.Any(k => !double.IsFinite(k) || k < 0))
        {
            throw new ArgumentException("a capacity is a number from zero on", nameof(kbps));
        }

        (Name, _starts, _kbps) = (name, [.. starts], [.. kbps]);
        Duration = _starts[^1] + (_starts.Length > 1 ? _starts[^1] - _starts[^2] : TimeSpan.FromSeconds(1));
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Kind of network: the name's first part.</summary>
    public string Network => Name.Split('_', 2)[0];

    /// <summary>Its length.</summary>
    public TimeSpan Duration { get; }

    /// <summary>How many intervals it has.</summary>
    public int Count => _starts.Length;

    /// <summary>Its mean over time, kbit/s.</summary>
    public double MeanKbps => MeanBetween(TimeSpan.Zero, Duration);

    /// <summary>An interval.</summary>
    public (TimeSpan From, TimeSpan To, double Kbps) this[int interval] =>
        (_starts[interval], interval + 1 < _starts.Length ? _starts[interval + 1] : Duration, _kbps[interval]);

    /// <summary>The interval that a time falls into; the last one beyond the end.</summary>
    public int IndexAt(TimeSpan time)
    {
        var index = Array.BinarySearch(_starts, time);
        return Math.Max(0, index >= 0 ? index : ~index - 1);
    }

    /// <summary>Its mean from one time to another, kbit/s. Beyond its end it goes on as it ended.</summary>
    public double MeanBetween(TimeSpan from, TimeSpan to)
    {
        var sum = 0.0;
        for (var (index, at) = (IndexAt(from), from); at < to; index++)
        {
            var end = index + 1 < _starts.Length && _starts[index + 1] < to ? _starts[index + 1] : to;
            sum += _kbps[Math.Min(index, _kbps.Length - 1)] * (end - at).TotalSeconds;
            at = end;
        }

        return to > from ? sum / (to - from).TotalSeconds : _kbps[IndexAt(from)];
    }
}

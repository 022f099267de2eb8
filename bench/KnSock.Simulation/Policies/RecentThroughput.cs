namespace KnSock.Simulation.Policies;

/// <summary>The last few measurements of a link.</summary>
/// <param name="capacity">How many are kept.</param>
internal sealed class RecentThroughput(int capacity)
{
    private readonly List<double> _rates = [];

    /// <summary>Their arithmetic mean. Null: there are none.</summary>
    public double? Mean => _rates.Count == 0 ? null : _rates.Average();

    /// <summary>Their harmonic mean. Null: there are none.</summary>
    public double? HarmonicMean => _rates.Count == 0 ? null : _rates.Count / _rates.Sum(r => 1 / r);

    /// <summary>Takes one in. One that says "at least" counts where it says more than is known.</summary>
    /// <returns>False: it says nothing new.</returns>
    public bool Add(in ThroughputSample sample)
    {
        if (sample.IsAtLeast && sample.BitsPerSecond <= HarmonicMean)
        {
            return false;
        }

        _rates.Add(Math.Max(sample.BitsPerSecond, 1));
        if (_rates.Count > capacity)
        {
            _rates.RemoveAt(0);
        }

        return true;
    }
}

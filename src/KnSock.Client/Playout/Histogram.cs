namespace KnSock.Client.Playout;

/// <summary>Quantiles of any number of values in a fixed amount of memory: values are counted in bins of one width, the last takes all above.</summary>
/// <param name="width">Width of a bin; quantiles are exact to it.</param>
/// <param name="bins">Number of bins.</param>
internal sealed class Histogram(double width, int bins)
{
    private readonly long[] _counts = new long[bins];

    /// <summary>Values counted.</summary>
    public long Count { get; private set; }

    /// <summary>Counts a value; negative ones count as 0.</summary>
    public void Add(double value)
    {
        _counts[(int)Math.Clamp(value / width, 0, bins - 1)]++;
        Count++;
    }

    /// <summary>The value below which the share <paramref name="quantile"/> lies; the middle of its bin. 0 if nothing was counted.</summary>
    public double Quantile(double quantile)
    {
        var wanted = Math.Max(1, (long)Math.Ceiling(quantile * Count));
        var seen = 0L;
        for (var bin = 0; bin < bins; bin++)
        {
            seen += _counts[bin];
            if (seen >= wanted)
            {
                return (bin + 0.5) * width;
            }
        }

        return 0;
    }
}

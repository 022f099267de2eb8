namespace KnSock.Simulation.Policies;

/// <summary>Two moving averages of the throughput, of which the lower counts: quick to fall, slow to rise.</summary>
/// <param name="fastHalfLife">Seconds of measurement after which a value counts for half.</param>
/// <param name="slowHalfLife">The same of the slower.</param>
/// <param name="unknown">The estimate before there is one.</param>
/// <remarks>As in hls.js and Shaka Player: weighted by how long was measured, at least 50 ms, and freed of the pull of the zero that they begin with.</remarks>
internal sealed class DualEwma(double fastHalfLife, double slowHalfLife, double unknown)
{
    private const double ShortestSeconds = 0.05;

    private double _fast;
    private double _slow;
    private double _weight;

    /// <summary>Something was measured.</summary>
    public bool IsKnown => _weight > 0;

    /// <summary>The faster average.</summary>
    public double Fast => Corrected(_fast, fastHalfLife);

    /// <summary>The slower average.</summary>
    public double Slow => Corrected(_slow, slowHalfLife);

    /// <summary>The lower of both.</summary>
    public double BitsPerSecond => IsKnown ? Math.Min(Fast, Slow) : unknown;

    /// <summary>Takes a measurement in.</summary>
    public void Add(double bitsPerSecond, double seconds)
    {
        var weight = Math.Max(seconds, ShortestSeconds);
        // What is measured over less than the shortest time is taken to have been spread over it.
        var value = bitsPerSecond * seconds / weight;
        _fast = Blend(_fast, value, Math.Pow(0.5, weight / fastHalfLife));
        _slow = Blend(_slow, value, Math.Pow(0.5, weight / slowHalfLife));
        _weight += weight;
    }

    private static double Blend(double before, double value, double keep) => (before * keep) + (value * (1 - keep));

    private double Corrected(double average, double halfLife) => IsKnown ? average / (1 - Math.Pow(0.5, _weight / halfLife)) : unknown;
}

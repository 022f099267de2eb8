namespace KnSock.Simulation.Reports;

/// <summary>A mean, and where it lies in 95 of 100 cases if other traces of the same kind had been run.</summary>
/// <param name="Mean">The mean.</param>
/// <param name="Low">Lower end of the interval.</param>
/// <param name="High">Upper end of it.</param>
internal readonly record struct Estimate(double Mean, double Low, double High)
{
    private const int Resamples = 2000;
    private const int Seed = 1;
    private const double Tail = 0.025;

    /// <summary>Whether all of the interval is above zero.</summary>
    public bool IsAboveZero => Low > 0;

    /// <summary>Whether all of it is below.</summary>
    public bool IsBelowZero => High < 0;

    /// <summary>
    /// Estimates from one value of each trace: a percentile bootstrap (Efron 1979), the same values always giving the same. With one value the
    /// interval is that value; with a handful it is too narrow.
    /// </summary>
    public static Estimate Of(IReadOnlyList<double> values)
    {
        var mean = values.Average();
        if (values.Count == 1 || !double.IsFinite(mean))
        {
            return new Estimate(mean, mean, mean);
        }

        var means = ResampledMeans(values);
        return new Estimate(mean, Quantile(means, Tail), Quantile(means, 1 - Tail));
    }

    private static double[] ResampledMeans(IReadOnlyList<double> values)
    {
        var random = new Random(Seed);
        var means = new double[Resamples];
        for (var i = 0; i < Resamples; i++)
        {
            double sum = 0;
            for (var drawn = 0; drawn < values.Count; drawn++)
            {
                sum += values[random.Next(values.Count)];
            }

            means[i] = sum / values.Count;
        }

        Array.Sort(means);
        return means;
    }

    private static double Quantile(double[] ascending, double share)
    {
        var place = share * (ascending.Length - 1);
        var below = (int)place;
        var above = Math.Min(below + 1, ascending.Length - 1);
        return double.Lerp(ascending[below], ascending[above], place - below);
    }
}

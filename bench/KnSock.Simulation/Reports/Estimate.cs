namespace KnSock.Simulation.Reports;

/// <summary>A mean, and where it lies in 95 of 100 cases if other traces of the same kind had been run, or at other times on the one that was.</summary>
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
    public static Estimate Of(IReadOnlyList<double> values) => Of(values.Average(), values.Count, drawn => drawn.Average(i => values[i]));

    /// <summary>The same from the parts of one trace, each long enough to have little to do with the next: a block bootstrap (Carlstein 1986). It says what other times on that link would have given.</summary>
    /// <param name="value">What it comes to.</param>
    /// <param name="parts">How many parts there are.</param>
    /// <param name="valueOf">What it would come to with these parts, of which some are there more than once.</param>
    public static Estimate Of(double value, int parts, Func<IReadOnlyList<int>, double> valueOf)
    {
        if (parts < 2 || !double.IsFinite(value))
        {
            return new Estimate(value, value, value);
        }

        var values = Resampled(parts, valueOf);
        return new Estimate(value, Quantile(values, Tail), Quantile(values, 1 - Tail));
    }

    private static double[] Resampled(int parts, Func<IReadOnlyList<int>, double> valueOf)
    {
        var random = new Random(Seed);
        var (values, drawn) = (new double[Resamples], new int[parts]);
        for (var i = 0; i < Resamples; i++)
        {
            for (var j = 0; j < parts; j++)
            {
                drawn[j] = random.Next(parts);
            }

            values[i] = valueOf(drawn);
        }

        Array.Sort(values);
        return values;
    }

    private static double Quantile(double[] ascending, double share)
    {
        var place = share * (ascending.Length - 1);
        var below = (int)place;
        var above = Math.Min(below + 1, ascending.Length - 1);
        return double.Lerp(ascending[below], ascending[above], place - below);
    }
}

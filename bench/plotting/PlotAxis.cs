namespace KnSock.Plotting;

/// <summary>An axis from its first tick to its last, which hold all values between them.</summary>
internal sealed class PlotAxis
{
    /// <summary>Beyond that nothing is drawn: no figure of ours comes near.</summary>
    public const double Largest = 1e12;

    private const double Smallest = 1e-9;
    private const int LinearSteps = 5;
    private const int StepsPerDecade = 3;
    private const int MostLogarithmicSteps = 9;

    private readonly bool _isLogarithmic;
    private readonly string _format;

    private PlotAxis(List<double> ticks, bool isLogarithmic, string format)
    {
        (Ticks, _isLogarithmic, _format) = (ticks, isLogarithmic, format);
    }

    /// <summary>Where numbers stand, ascending.</summary>
    public IReadOnlyList<double> Ticks { get; }

    /// <summary>Equal steps of 1, 2 or 5 times a power of ten.</summary>
    /// <param name="values">What is to lie on it.</param>
    /// <param name="isWhole">Whether nothing lies between whole numbers.</param>
    /// <param name="hasZero">Whether zero lies on it whatever the values are.</param>
    public static PlotAxis Linear(IReadOnlyCollection<double> values, bool isWhole = false, bool hasZero = true)
    {
        var held = hasZero || values.Count == 0 ? [.. values, 0] : values;
        var (low, high) = (held.Min(), held.Max());
        high = high - low < Smallest ? low + 1 : high;
        var step = NiceStep((high - low) / LinearSteps);
        step = isWhole ? Math.Max(1, step) : step;
        var (first, last) = ((long)Math.Floor(low / step), (long)Math.Ceiling(high / step));
        List<double> ticks = [];
        for (var i = first; i <= last; i++)
        {
            ticks.Add(i * step);
        }

        var decimals = Math.Max(0, -(int)Math.Floor(Math.Log10(step) + Smallest));
        return new PlotAxis(ticks, isLogarithmic: false, decimals == 0 ? "#,0" : $"#,0.{new string('0', decimals)}");
    }

    /// <summary>1, 2 and 5 times powers of ten; over more than three decades the powers alone.</summary>
    /// <param name="values">What is to lie on it, above zero.</param>
    public static PlotAxis Logarithmic(IReadOnlyCollection<double> values)
    {
        var (low, high) = values.Count == 0 ? (1, 10) : (values.Min(), values.Max());
        var first = Decade(low) * StepsPerDecade;
        for (; Step(first + 1) <= low; first++)
        {
        }

        var last = first;
        for (; Step(last) < high; last++)
        {
        }

        if (first == last)
        {
            (first, last) = (first - 1, last + 1);
        }

        var isCoarse = last - first > MostLogarithmicSteps;
        if (isCoarse)
        {
            first = Decade(low) * StepsPerDecade;
            last += Modulo(-last);
        }

        List<double> ticks = [];
        for (var i = first; i <= last; i += isCoarse ? StepsPerDecade : 1)
        {
            ticks.Add(Step(i));
        }

        return new PlotAxis(ticks, isLogarithmic: true, "#,0.#########");
    }

    /// <summary>Where a value lies: 0 at the first tick, 1 at the last.</summary>
    public double Place(double value)
    {
        var (low, high) = (Ticks[0], Ticks[^1]);
        return _isLogarithmic ? Math.Log(value / low) / Math.Log(high / low) : (value - low) / (high - low);
    }

    /// <summary>The number at a tick.</summary>
    public string TextOf(double tick) => tick.ToString(_format);

    private static double NiceStep(double atLeast)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(atLeast)));
        return (atLeast / power) switch
        {
            <= 1 => power,
            <= 2 => 2 * power,
            <= 5 => 5 * power,
            _ => 10 * power,
        };
    }

    private static int Decade(double value) => (int)Math.Floor(Math.Log10(value));

    private static double Step(int index)
    {
        var place = Modulo(index);
        var factor = place switch { 0 => 1, 1 => 2, _ => 5 };
        return factor * Math.Pow(10, (index - place) / StepsPerDecade);
    }

    private static int Modulo(int index) => ((index % StepsPerDecade) + StepsPerDecade) % StepsPerDecade;
}

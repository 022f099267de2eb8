namespace KnSock.Simulation.Policies;

/// <summary>How good each rung is at a level of the buffer, as BOLA has it.</summary>
/// <remarks>
/// Spiteri, Urgaonkar, Sitaraman: BOLA, INFOCOM 2016: of the rungs that with the largest (V (u + gp) - Q) / S is taken; u is the logarithm of the rate.
/// V and gp follow from two levels as in dash.js: up to the minimum the lowest rung would be taken with its score above nothing, at the
/// target that of the highest comes to nothing. With u = 1 + ln(rate / lowest): V gp = minimum, V (u(top) + gp - 1) = target.
/// </remarks>
internal sealed class BolaScore
{
    private readonly double[] _rates;
    private readonly double[] _utilities;

    /// <summary>Takes the parameters from two levels, in seconds.</summary>
    public BolaScore(IReadOnlyList<double> rates, double minimum, double target)
    {
        _rates = [.. rates];
        _utilities = [.. rates.Select(r => 1 + Math.Log(r / rates[0]))];
        Gp = Math.Max(_utilities[^1] - 1, 1e-6) / ((target / minimum) - 1);
        V = minimum / Gp;
    }

    /// <summary>What having no stall is worth.</summary>
    public double Gp { get; }

    /// <summary>How much utility counts beside the buffer, seconds.</summary>
    public double V { get; }

    /// <summary>The rung for a level; of two that are equal the higher.</summary>
    public int Best(double level)
    {
        var best = 0;
        for (var rung = 1; rung < _rates.Length; rung++)
        {
            best = Score(rung, level) >= Score(best, level) ? rung : best;
        }

        return best;
    }

    /// <summary>The level from which on a rung is better than all below it.</summary>
    public double LeastLevelFor(int rung)
    {
        var least = 0.0;
        for (var lower = 0; lower < rung; lower++)
        {
            var (high, low) = (_rates[rung], _rates[lower]);
            least = high > low ? Math.Max(least, V * (Gp - 1 + (((high * _utilities[lower]) - (low * _utilities[rung])) / (high - low)))) : least;
        }

        return least;
    }

    /// <summary>The level at which BOLA would rather wait than send another GOP of this rung.</summary>
    public double MostLevelFor(int rung) => V * (_utilities[rung] + Gp - 1);

    private double Score(int rung, double level) => (MostLevelFor(rung) - level) / _rates[rung];
}

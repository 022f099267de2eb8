using KnSock.Server.Adaptation;

namespace KnSock.Simulation.Policies;

/// <summary>From the buffer to the size of the GOPs that may be sent, as in <see cref="BufferBasedSelector"/>.</summary>
/// <param name="Reservoir">Seconds of buffer up to which only the lowest rung is sent.</param>
/// <param name="CushionEnd">Seconds of buffer from which on the highest rung is sent.</param>
/// <param name="Smallest">Mean bytes of a GOP of the lowest rung.</param>
/// <param name="Largest">Mean bytes of a GOP of the highest rung.</param>
/// <param name="Sizes">Bytes of the next GOP in each rung.</param>
internal readonly record struct BufferMap(double Reservoir, double CushionEnd, double Smallest, double Largest, IReadOnlyList<double> Sizes)
{
    /// <summary>The reservoir takes no more than this share of the buffer, however large the next GOPs are.</summary>
    private const double LargestReservoir = 0.5;

    /// <summary>The map for what is seen now.</summary>
    public static BufferMap Of(BufferBasedOptions options, in SelectorInput input, double gopSeconds)
    {
        var rates = input.Rates;
        var max = Math.Max(input.MaxBuffer.TotalSeconds, 0.001);
        var excess = 0.0;
        foreach (var gop in input.Next ?? [])
        {
            excess += (gop.Bytes[0] * 8 / Math.Max(rates[0], 1)) - gop.Duration.TotalSeconds;
        }

        var usual = options.ReservoirShare * max;
        var reservoir = Math.Clamp(usual + Math.Max(0, excess), usual, Math.Max(usual, LargestReservoir * max));
        var next = input.Next is { Count: > 0 } known ? known[0].Bytes : null;
        double[] sizes = [.. rates.Select((rate, rung) => next?[rung] ?? (rate / 8 * gopSeconds))];
        return new BufferMap(reservoir, Math.Max(options.CushionEndShare * max, reservoir + 0.001), rates[0] / 8 * gopSeconds, rates[^1] / 8 * gopSeconds, sizes);
    }

    /// <summary>Bytes of the largest GOP that may be sent.</summary>
    public double Allowed(double buffer) => Smallest + ((Largest - Smallest) * Math.Clamp((buffer - Reservoir) / (CushionEnd - Reservoir), 0, 1));

    /// <summary>The rung for a buffer.</summary>
    /// <param name="buffer">Its seconds.</param>
    /// <param name="before">The rung of the GOP before.</param>
    public int Choose(double buffer, int before)
    {
        var top = Sizes.Count - 1;
        if (buffer <= Reservoir)
        {
            return 0;
        }

        if (buffer >= CushionEnd)
        {
            return top;
        }

        var allowed = Allowed(buffer);
        if (before < top && Sizes[before + 1] <= allowed)
        {
            return Math.Max(before + 1, Highest(allowed));
        }

        return before > 0 && Sizes[before - 1] >= allowed ? Math.Min(before - 1, Math.Min(Highest(allowed) + 1, top)) : before;
    }

    private int Highest(double allowed)
    {
        var rung = Sizes.Count - 1;
        while (rung > 0 && Sizes[rung] > allowed)
        {
            rung--;
        }

        return rung;
    }
}

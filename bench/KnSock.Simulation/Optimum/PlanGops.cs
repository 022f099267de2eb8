namespace KnSock.Simulation.Optimum;

/// <summary>The GOPs of a run, one after the other, the loop unrolled.</summary>
internal sealed class PlanGops
{
    /// <summary>Unrolls the loop as far as a run may come.</summary>
    public PlanGops(PlanSetup setup)
    {
        var (starts, lengths, bits, keyframes) = (new List<double>(), new List<double>(), new List<double[]>(), new List<double[]?>());
        var gop = setup.FirstGop;
        for (var start = 0.0; start < setup.Seconds; start += lengths[^1])
        {
            var index = gop++ % setup.Bytes.Count;
            starts.Add(start);
            lengths.Add(setup.Durations[index]);
            bits.Add([.. setup.Bytes[index].Select(b => b * 8.0)]);
            keyframes.Add(setup.KeyframeBytes is { } known ? [.. known[index].Select(b => b * 8.0)] : null);
        }

        (Starts, Lengths, Bits, KeyframeBits) = ([.. starts], [.. lengths], [.. bits], [.. keyframes]);
    }

    public int Count => Starts.Length;

    /// <summary>Where each begins, seconds of media.</summary>
    public double[] Starts { get; }

    /// <summary>How long each plays, seconds.</summary>
    public double[] Lengths { get; }

    /// <summary>What each weighs in each rung.</summary>
    public double[][] Bits { get; }

    /// <summary>What its keyframe weighs; null where that is not known.</summary>
    public double[]?[] KeyframeBits { get; }
}

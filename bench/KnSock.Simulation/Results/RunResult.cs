namespace KnSock.Simulation.Results;

/// <summary>One run: one viewer with one policy on one trace in one setting.</summary>
internal sealed record RunResult
{
    /// <summary>Name of the trace, without folder and ending.</summary>
    public required string Trace { get; init; }

    /// <summary>Kind of network: the first part of the trace's name.</summary>
    public required string Network { get; init; }

    public required Setting Setting { get; init; }

    /// <summary>Name of the policy: knsock, optimum, or a baseline's.</summary>
    public required string Policy { get; init; }

    /// <summary>What the viewer saw.</summary>
    public required Outcome Outcome { get; init; }

    /// <summary>Where it was made for a weight of stalls, as the optimum is: what the viewer saw at the best with other weights, by factor. Empty: it is the same run whatever they weigh.</summary>
    public IReadOnlyDictionary<double, Outcome> AtStallFactor { get; init; } = new Dictionary<double, Outcome>();

    /// <summary>What the viewer saw, with stalls weighed so.</summary>
    public Outcome At(double stallFactor) => AtStallFactor.GetValueOrDefault(stallFactor, Outcome);

    /// <summary>What the viewer saw part by part. Empty: that is not known, as of the optimum.</summary>
    public IReadOnlyList<Block> Blocks { get; init; } = [];

    /// <summary>How it stood every 500 ms, for plots. Empty unless they are wanted, and for the optimum.</summary>
    public IReadOnlyList<Moment> Moments { get; init; } = [];
}

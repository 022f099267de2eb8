namespace KnSock.Simulation.Results;

/// <summary>What a viewer gets, as one figure: mean of ln(bitrate / lowest rung's) - weight x stalled share - 0.5 x mean change of utility per second.</summary>
/// <param name="rungs">Rates of the rungs' pictures, lowest first, in any one unit.</param>
internal sealed class Quality(IReadOnlyList<double> rungs)
{
    /// <summary>What a change of utility by one is taken to cost.</summary>
    public const double ChangeWeight = 0.5;

    /// <summary>What a second of stall is taken to cost: as much as a second of the highest rung is worth above the lowest.</summary>
    public double StallWeight => Utility(rungs.Count - 1);

    /// <summary>What a second of a rung is worth.</summary>
    public double Utility(int rung) => Math.Log(rungs[rung] / rungs[0]);

    /// <summary>The quality of a whole run.</summary>
    /// <param name="outcome">What came of it.</param>
    /// <param name="stallFactor">By how much more, or less, stalls count.</param>
    public double Of(Outcome outcome, double stallFactor = 1) =>
        Of(outcome.MeanUtility, outcome.StalledSeconds, outcome.UtilityChange, outcome.WatchedSeconds, stallFactor);

    /// <summary>The same of parts of a run.</summary>
    public double Of(Block parts, double stallFactor = 1) =>
        Of(parts.Pictures > 0 ? parts.Utility / parts.Pictures : 0, parts.Stalled, parts.UtilityChange, parts.Watched, stallFactor);

    private double Of(double utility, double stalled, double change, double watched, double stallFactor) =>
        utility - (stallFactor * StallWeight * stalled / watched) - (ChangeWeight * change / watched);
}

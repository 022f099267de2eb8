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
        outcome.MeanUtility - (stallFactor * StallWeight * outcome.StalledSeconds / outcome.WatchedSeconds) - (ChangeWeight * outcome.UtilityChange / outcome.WatchedSeconds);
}

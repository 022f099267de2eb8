using KnSock.Simulation.Results;

namespace KnSock.Simulation.Optimum;

/// <summary>The offline optimum: the plan with the highest <see cref="Quality"/> for a capacity that is known from beginning to end.</summary>
/// <remarks>
/// It is the optimum of a fluid model that is kinder than any real link: no policy can do better, up to the grid, on the same capacity with the same sizes. What it
/// does not allow: playout that is further behind the live edge than was asked for.
/// </remarks>
internal static class OptimalPlan
{
    /// <summary>Makes the plan.</summary>
    public static Plan Make(PlanSetup setup)
    {
        var firstRungs = setup.FirstRung is { } given ? [given] : Enumerable.Range(0, setup.PictureKbps.Count);
        var quality = new Quality(setup.PictureKbps);
        return firstRungs
            .Select(rung => setup.Setting.Regime == Regime.Live ? new LiveSearch(setup, rung).Best() : new ReadAheadBound(setup, rung).Best())
            .MaxBy(plan => quality.Of(plan.Outcome, setup.StallFactor))!;
    }
}

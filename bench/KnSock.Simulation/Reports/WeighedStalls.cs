namespace KnSock.Simulation.Reports;

/// <summary>What a policy comes to if stalls count more, or less.</summary>
/// <param name="Factor">By how much.</param>
/// <param name="Qoe">Mean quality.</param>
/// <param name="Rank">Place among the policies, 1 = best. Null: it is the ceiling, which is none.</param>
/// <param name="Lead">By how much ours is better, trace by trace. Null: it is ours, or ours ran on none of the traces.</param>
/// <param name="Optimum">The ceiling's quality on the same traces, the best for this weight. Null: it was not found for all of them.</param>
internal readonly record struct WeighedStalls(double Factor, double Qoe, int? Rank, Estimate? Lead, double? Optimum)
{
    /// <summary>Quality by the ceiling's. Null: there is no ceiling above zero.</summary>
    public double? Share => Optimum is > 0 ? Qoe / Optimum : null;
}

namespace KnSock.Simulation.Reports;

/// <summary>What a policy comes to if stalls count more, or less.</summary>
/// <param name="Factor">By how much.</param>
/// <param name="Qoe">Mean quality.</param>
/// <param name="Rank">Place among the policies, 1 = best. Null: it is the ceiling, which is none.</param>
/// <param name="Lead">By how much ours is better, trace by trace. Null: it is ours, or ours ran on none of the traces.</param>
internal readonly record struct WeighedStalls(double Factor, double Qoe, int? Rank, Estimate? Lead);

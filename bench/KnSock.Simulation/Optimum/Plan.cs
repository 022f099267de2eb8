using KnSock.Simulation.Results;

namespace KnSock.Simulation.Optimum;

/// <summary>The best that could have been done.</summary>
/// <param name="Outcome">What it comes to: an upper bound, up to the grid.</param>
/// <param name="Rungs">The rung of each GOP in the best plan that was found; as many as there may be.</param>
/// <param name="Attained">What these rungs come to exactly, in the same model. The optimum lies between this and <paramref name="Outcome"/>.</param>
internal sealed record Plan(Outcome Outcome, IReadOnlyList<int> Rungs, Outcome Attained);

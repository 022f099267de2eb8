using KnSock.Simulation.Results;

namespace KnSock.Simulation.Policies;

/// <summary>What a policy is told when a viewer joins.</summary>
/// <param name="Setting">What the viewer asked for.</param>
/// <param name="Rates">Rate of each rung on the wire, sound included, bit/s, lowest first.</param>
/// <param name="FirstRung">The rung that the viewer begins with.</param>
internal sealed record PolicySetup(Setting Setting, IReadOnlyList<double> Rates, int FirstRung);

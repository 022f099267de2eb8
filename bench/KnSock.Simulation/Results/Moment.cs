namespace KnSock.Simulation.Results;

/// <summary>How a run stood at one moment.</summary>
/// <param name="Seconds">Since joining.</param>
/// <param name="CapacityKbps">What the link carried.</param>
/// <param name="BufferSeconds">Media that lay ready at the viewer.</param>
/// <param name="Rung">The rung shown; null while none was.</param>
/// <param name="LatencyMs">How far the picture shown was behind the live edge; null while none was.</param>
/// <param name="IsStalled">The picture stood still.</param>
internal readonly record struct Moment(double Seconds, double CapacityKbps, double BufferSeconds, int? Rung, double? LatencyMs, bool IsStalled);

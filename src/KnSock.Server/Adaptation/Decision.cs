namespace KnSock.Server.Adaptation;

/// <summary>A change of rung and why.</summary>
/// <param name="Rung">The rung from now on.</param>
/// <param name="Previous">The rung before.</param>
/// <param name="Reason">Why, in words.</param>
internal sealed record Decision(int Rung, int Previous, string Reason);

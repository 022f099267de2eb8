namespace KnSock.Fanout.Growth;

/// <summary>A point that could not be measured.</summary>
/// <param name="Point">The point in words.</param>
/// <param name="Reason">Why.</param>
public sealed record GrowthFailure(string Point, string Reason);

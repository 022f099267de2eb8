namespace KnSock.Server.Sessions;

/// <summary>A place in a track of an endless loop.</summary>
/// <param name="Turn">The turn.</param>
/// <param name="Gop">The GOP within the turn.</param>
/// <param name="Unit">The unit within the GOP.</param>
internal readonly record struct Place(long Turn, int Gop, int Unit);

namespace KnSock.Server.Endpoints.Hls;

/// <summary>Units of one GOP.</summary>
/// <param name="Turn">The turn of the loop.</param>
/// <param name="Gop">The GOP within the turn.</param>
/// <param name="First">First unit within the GOP.</param>
/// <param name="End">The unit behind the last.</param>
internal readonly record struct UnitRange(long Turn, int Gop, int First, int End);

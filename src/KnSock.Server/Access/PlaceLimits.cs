namespace KnSock.Server.Access;

/// <summary>How many places there are.</summary>
/// <param name="Most">In all.</param>
/// <param name="MostPerAddress">For one address. Null: no limit.</param>
/// <param name="WhenFull">What one is told for whom there is none.</param>
/// <param name="WhenAddressIsFull">The same when its address has too many.</param>
internal sealed record PlaceLimits(int Most, int? MostPerAddress, string WhenFull, string WhenAddressIsFull)
{
    /// <summary>Whether the machine's own addresses have the limit of an address, too.</summary>
    public bool CountsLoopback { get; init; }

    /// <summary>Viewers.</summary>
    public static PlaceLimits OfSessions(LiveStreamServerOptions options) =>
        new(options.MaxSessions, options.MaxSessionsPerAddress, "the server is full; try again later", "there are as many viewers from your address as this server allows")
        {
            CountsLoopback = options.CountsLoopback,
        };

    /// <summary>Connections that have not said who they are.</summary>
    public static PlaceLimits OfPending(LiveStreamServerOptions options) =>
        new(options.MaxPendingConnections, options.MaxPendingConnectionsPerAddress, "too many are connecting at this moment; try again in some seconds", "too many are connecting from your address at this moment; try again in some seconds")
        {
            CountsLoopback = options.CountsLoopback,
        };
}

namespace KnSock.Server.Store;

/// <summary>What was removed from a store.</summary>
public sealed record StoreClearing
{
    /// <summary>Sources of which something was stored.</summary>
    public required int Sources { get; init; }

    /// <summary>GOPs removed.</summary>
    public required int Gops { get; init; }

    /// <summary>Bytes removed.</summary>
    public required long Bytes { get; init; }

    /// <summary>GOPs that could not be deleted.</summary>
    public required int Left { get; init; }

    /// <summary>Videos that were named and of which nothing was stored.</summary>
    public required IReadOnlyList<string> NotStored { get; init; }
}

namespace KnSock.Server.Store;

/// <summary>What a store holds.</summary>
public sealed record StoreListing
{
    /// <summary>The store's folder.</summary>
    public required string Directory { get; init; }

    /// <summary>Bytes stored.</summary>
    public required long Bytes { get; init; }

    /// <summary>What it holds of each source, the last used first.</summary>
    public required IReadOnlyList<StoredSource> Sources { get; init; }
}

/// <summary>What a store holds of one source.</summary>
public sealed record StoredSource
{
    /// <summary>Identity of the source's content, hexadecimal.</summary>
    public required string Id { get; init; }

    /// <summary>Where the source was when it was last encoded. Null: not known. Untrusted text.</summary>
    public required string? Path { get; init; }

    /// <summary>Whether the file there is still the one that was encoded, by its size and time.</summary>
    public required bool IsCurrent { get; init; }

    /// <summary>Bytes stored.</summary>
    public required long Bytes { get; init; }

    /// <summary>When something of it was last put or read, UTC; to the minute.</summary>
    public required DateTime LastUse { get; init; }

    /// <summary>Its renditions.</summary>
    public required IReadOnlyList<StoredRenditionListing> Renditions { get; init; }
}

/// <summary>What a store holds of one rendition.</summary>
public sealed record StoredRenditionListing
{
    /// <summary>Identity of the rendition's bytes, hexadecimal.</summary>
    public required string Id { get; init; }

    /// <summary>Name of the rendition, such as <c>720p</c>. Null: not known. Untrusted text.</summary>
    public required string? Name { get; init; }

    /// <summary>GOPs stored.</summary>
    public required int Gops { get; init; }

    /// <summary>GOPs of the whole rendition. Null: not known.</summary>
    public required int? GopCount { get; init; }

    /// <summary>How much of it is stored, whole percent; 100 only if all is. Null: not known.</summary>
    public int? Percent => GopCount is > 0 and var count ? (int)Math.Min(100, 100L * Gops / count) : null;

    /// <summary>Bytes stored.</summary>
    public required long Bytes { get; init; }

    /// <summary>When something of it was last put or read, UTC; to the minute.</summary>
    public required DateTime LastUse { get; init; }
}

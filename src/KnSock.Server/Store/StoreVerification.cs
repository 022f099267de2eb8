namespace KnSock.Server.Store;

/// <summary>What became of checking every GOP of a store.</summary>
public sealed record StoreVerification
{
    /// <summary>GOPs that were checked.</summary>
    public required int Checked { get; init; }

    /// <summary>Bytes that are whole.</summary>
    public required long Bytes { get; init; }

    /// <summary>What was damaged.</summary>
    public required IReadOnlyList<DamagedGop> Damaged { get; init; }
}

/// <summary>A GOP that must not be played.</summary>
public sealed record DamagedGop
{
    /// <summary>Where its source was. Null: not known. Untrusted text.</summary>
    public required string? Source { get; init; }

    /// <summary>Name of its rendition. Null: not known. Untrusted text.</summary>
    public required string? Rendition { get; init; }

    /// <summary>Its index in the rendition.</summary>
    public required int Gop { get; init; }

    /// <summary>Its file.</summary>
    public required string File { get; init; }

    /// <summary>What is wrong with it, in words.</summary>
    public required string Why { get; init; }

    /// <summary>Whether it was deleted; otherwise it could not be, and is refused each time it is read.</summary>
    public required bool IsDropped { get; init; }
}

namespace KnSock.Server.Store;

/// <summary>Whether the store takes GOPs.</summary>
internal enum StoreCondition
{
    /// <summary>It does.</summary>
    Ready,

    /// <summary>The disk is full, or the store's limit is reached by what may not go.</summary>
    Full,

    /// <summary>The folder cannot be written.</summary>
    Failing,
}

/// <summary>Whether the store takes GOPs, and if not, why, in words that may be shown.</summary>
internal readonly record struct StoreState(StoreCondition Condition, string? Reason)
{
    public static StoreState Ready => default;
}

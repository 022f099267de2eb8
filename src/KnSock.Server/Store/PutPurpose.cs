namespace KnSock.Server.Store;

/// <summary>For whom a GOP is put into the store, which says what may be dropped for it.</summary>
internal enum PutPurpose
{
    /// <summary>Somebody watches it. What was used longest ago may go, unless it is in use.</summary>
    Watched,

    /// <summary>It may be needed later. Neither what is in use nor what is on offer goes for it.</summary>
    Background,
}

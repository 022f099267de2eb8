namespace KnSock.Client.Playout;

/// <summary>What a jitter buffer did with a unit.</summary>
internal enum JitterOutcome
{
    /// <summary>It was taken in.</summary>
    Accepted,

    /// <summary>It is there already, or playout is past it.</summary>
    Duplicate,

    /// <summary>It answers another selection.</summary>
    OtherSelection,

    /// <summary>There is no room; it is to be offered again.</summary>
    Full,
}

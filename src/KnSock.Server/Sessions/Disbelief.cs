namespace KnSock.Server.Sessions;

/// <summary>Why a viewer's report of its playout is not believed.</summary>
internal enum Disbelief
{
    /// <summary>It is.</summary>
    None,

    /// <summary>Playout would be further than it can have come since it began, or than it was sent.</summary>
    Ahead,

    /// <summary>Playout would have gone back.</summary>
    Back,

    /// <summary>Playout is said to go on and stands still, although there is more to play.</summary>
    Standing,

    /// <summary>What only grows is less than before: it is older than one that was heard already.</summary>
    Older,

    /// <summary>More is said to lie ready than was delivered.</summary>
    Buffer,
}

namespace KnSock.Client.Connection;

/// <summary>Why a connection ended.</summary>
internal enum ConnectionEndKind
{
    /// <summary>We wanted it to.</summary>
    Cancelled,

    /// <summary>The server closed it.</summary>
    ClosedByServer,

    /// <summary>The network broke it.</summary>
    Lost,

    /// <summary>Nothing came for too long.</summary>
    Silent,

    /// <summary>The server sent what the protocol does not allow.</summary>
    Fault,
}

/// <summary>The first reason for which a connection ended.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Message">What happened, to be read in a sentence: "the connection ...".</param>
internal sealed record ConnectionEnd(ConnectionEndKind Kind, string Message);

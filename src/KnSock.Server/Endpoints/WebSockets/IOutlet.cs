using KnSock.Server.Loops;
using KnSock.Server.Sessions;

namespace KnSock.Server.Endpoints.WebSockets;

/// <summary>What the bytes of a WebSocket go out through, without making anyone wait, and what is known of the connection there. Used on the session's loop only.</summary>
internal interface IOutlet : IMediaConnection, IDisposable
{
    /// <summary>From now on the session is told of room and of the connection's end, under a number of the session's.</summary>
    void Open(SenderLoop loop, LoopMember session, int tag);

    /// <summary>Has the session told when there is room again, if there was none.</summary>
    void AwaitRoom();

    /// <summary>There is room again: nothing waits for it until the next write finds too little.</summary>
    void NoteRoom();

    /// <summary>Has what the viewer says lie in the kernel until <see cref="Protocol.ProtocolLimits.HeardAtOnce"/> bytes have come, or has it read as it comes.</summary>
    /// <returns>False if the first cannot be had.</returns>
    bool TryReadLater(bool later);
}

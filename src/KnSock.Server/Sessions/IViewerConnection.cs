using KnSock.Protocol.Messages;

namespace KnSock.Server.Sessions;

/// <summary>What ties a session to its viewer, whatever the transport: two streams of frames and an exchange of messages.</summary>
internal interface IViewerConnection : IAsyncDisposable
{
    /// <summary>Address of the viewer, for the log.</summary>
    string Peer { get; }

    /// <summary>Name of the viewer's program, as it says. Without control characters.</summary>
    string Client { get; }

    /// <summary>Frames of the picture.</summary>
    IMediaConnection Video { get; }

    /// <summary>Frames of the sound.</summary>
    IMediaConnection Audio { get; }

    /// <summary>The next message. Null when the viewer closed a connection in good order or its link broke.</summary>
    /// <exception cref="Protocol.ProtocolException">
    /// What arrived is not a message. If it is malformed the next call goes on behind it; otherwise the connection is of no more use.
    /// </exception>
    ValueTask<ControlMessage?> ReceiveAsync(CancellationToken cancellationToken);

    /// <summary>Sends a message.</summary>
    ValueTask SendAsync(ControlMessage message, CancellationToken cancellationToken);
}

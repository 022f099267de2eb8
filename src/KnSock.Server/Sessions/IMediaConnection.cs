using KnSock.Server.Adaptation;

namespace KnSock.Server.Sessions;

/// <summary>One stream of frames to a viewer.</summary>
internal interface IMediaConnection
{
    /// <summary>Hands whole frames over; completes when the transport has taken them.</summary>
    /// <exception cref="IOException">The viewer is gone.</exception>
    ValueTask WriteAsync(ReadOnlyMemory<byte> frames, CancellationToken cancellationToken);

    /// <summary>What is seen of the link now.</summary>
    LinkSample Sample();

    /// <summary>Since when a write has been waiting for the viewer, on the server's clock; null while none is.</summary>
    TimeSpan? WaitingSince { get; }
}

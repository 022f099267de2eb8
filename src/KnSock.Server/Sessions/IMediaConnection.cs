using KnSock.Server.Adaptation;
using KnSock.Server.Loops;

namespace KnSock.Server.Sessions;

/// <summary>A stream of frames to a viewer that never has its sender wait.</summary>
internal interface IMediaConnection
{
    /// <summary>Hands over as much as the transport takes now. If that is not all, the session is told when there is room again.</summary>
    /// <returns>Bytes taken.</returns>
    /// <exception cref="IOException">The viewer is gone.</exception>
    int Write(Segments segments);

    /// <summary>The same for what lies in one piece; it may be written over after the call.</summary>
    int Write(ReadOnlySpan<byte> bytes);

    /// <summary>What was taken ended within a frame, of which so many bytes are still to come before anything else.</summary>
    void NoteCut(int rest)
    {
    }

    /// <summary>What is seen of the link now.</summary>
    /// <param name="now">The server's clock.</param>
    LinkSample Sample(TimeSpan now);

    /// <summary>Whether the transport may take more at once than it needs to keep the link busy: what it has taken cannot be recalled, but each call costs.</summary>
    void AllowMore(bool more);

    /// <summary>Since when bytes have been waiting for room without any of them being taken, on the server's clock; null while none do.</summary>
    TimeSpan? WaitingSince { get; }
}

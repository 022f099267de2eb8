using KnSock.Protocol.Messages;
using KnSock.Server.Access;
using KnSock.Server.Endpoints.Legacy;

namespace KnSock.Server.Endpoints.Native;

/// <summary>What the endpoint says and how long it waits.</summary>
internal sealed record NativeEndpointOptions
{
    /// <summary>The greeting as it is at this moment, without a session.</summary>
    public required Func<Greeting> Greeting { get; init; }

    public required TimeSpan HandshakeTimeout { get; init; }

    /// <summary>Whom it lets in.</summary>
    public required TokenCheck Tokens { get; init; }

    /// <summary>Keeps account of what is kept for viewers who do not take it.</summary>
    public WaitingBytes? Waiting { get; init; }

    /// <summary>Serves kn-sock's own clients. Null: they are not served.</summary>
    public LegacyEndpoint? Legacy { get; init; }
}

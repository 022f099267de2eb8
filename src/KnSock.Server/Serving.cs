using KnSock.Server.Access;
using KnSock.Server.Channels;
using KnSock.Server.Endpoints.Http;
using KnSock.Server.Loops;
using KnSock.Server.Sessions;
using Microsoft.Extensions.Logging;

namespace KnSock.Server;

/// <summary>A server that runs, as its endpoints see it.</summary>
internal sealed record Serving
{
    public required SessionContext Context { get; init; }

    public required ViewerSessions Sessions { get; init; }

    public required SenderLoops Loops { get; init; }

    /// <summary>Places of connections that have not said who they are.</summary>
    public required Places Pending { get; init; }

    /// <summary>Keeps account of what is kept for viewers who do not take it.</summary>
    public required WaitingBytes Waiting { get; init; }

    /// <summary>Whom it lets in.</summary>
    public required TokenCheck Tokens { get; init; }

    /// <summary>Posters of the channels. Null: there are none.</summary>
    public Posters? Posters { get; init; }

    /// <summary>What changes the channels. Null: they stay as they are.</summary>
    public ChannelChanges? Changes { get; init; }

    /// <summary>How long a connection may take to say who it is.</summary>
    public required TimeSpan HandshakeTimeout { get; init; }

    public ServerClock Clock => Context.Clock;

    public ILogger Logger => Context.Logger;
}

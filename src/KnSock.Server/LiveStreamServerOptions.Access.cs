using KnSock.Server.Access;

namespace KnSock.Server;

/// <content>Who is let in, how many, and how the way to them is protected.</content>
public sealed partial record LiveStreamServerOptions
{
    /// <summary>
    /// Most viewer sessions from one address at a time; further ones are refused. 1,000 by default: as many as a large office has behind one address, while no single machine takes all of
    /// <see cref="MaxSessions"/>. An IPv6 address counts by its first 64 bits. Programs on the server's own machine, a proxy there among them, have no limit of their own. Null: nobody has.
    /// </summary>
    public int? MaxSessionsPerAddress { get; init; } = 1_000;

    /// <summary>Most connections at a time that have not said who they are, on all ports together; further ones are refused until some have said it or were closed (<see cref="HandshakeTimeout"/>). 4,096 by default; each costs some kilobytes and a descriptor.</summary>
    public int MaxPendingConnections { get; init; } = 4_096;

    /// <summary>The same from one address, counted as in <see cref="MaxSessionsPerAddress"/>. 256 by default. Null: no limit of its own.</summary>
    public int? MaxPendingConnectionsPerAddress { get; init; } = 256;

    /// <summary>
    /// Bytes that are kept for viewers who do not take them, in all sessions together: messages, and what was encrypted for them. 64 MiB by default. Beyond it, whoever does not read its messages is let go at once. Media is not
    /// among it, it is kept once for all (<see cref="MediaMemory"/>).
    /// </summary>
    public long MaxWaitingBytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>A viewer from whom nothing was heard for this time is let go, 15 s by default. Clients say something each second or five; longer keeps those who have vanished for longer.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Reports of one viewer that are followed in a second, 20 by default; those beyond are passed over. More costs the server, and no client needs it: they report ten times a second.</summary>
    public int MaxFeedbackPerSecond { get; init; } = 20;

    /// <summary>What the three ports are encrypted with. Null: they are not encrypted. The web endpoint is the program's own; the command gives it the same certificate.</summary>
    public TlsOptions? Tls { get; init; }

    /// <summary>Keys of viewer tokens. With them, only who shows a token sees or plays anything, and only what the token opens, over every transport. Null: everybody may.</summary>
    public ViewerKeys? ViewerKeys { get; init; }

    /// <summary>Whether the machine's own addresses have the limits of an address, too; for tests.</summary>
    internal bool CountsLoopback { get; init; }

    private void ValidateAccess()
    {
        Require(MaxSessionsPerAddress is null or > 0, nameof(MaxSessionsPerAddress), "must be at least 1");
        Require(MaxPendingConnections >= 8, nameof(MaxPendingConnections), "must be at least 8: a viewer has three");
        Require(MaxPendingConnectionsPerAddress is null or >= 8, nameof(MaxPendingConnectionsPerAddress), "must be at least 8: a viewer has three");
        Require(MaxWaitingBytes >= 4 * 1024 * 1024, nameof(MaxWaitingBytes), "must be at least 4 MiB");
        Require(IdleTimeout >= TimeSpan.FromSeconds(6), nameof(IdleTimeout), "must be at least 6 s: clients may say something every five");
        Require(MaxFeedbackPerSecond is >= 10 and <= 1000, nameof(MaxFeedbackPerSecond), "must lie between 10, which clients send, and 1,000");
        Require(Tls?.NamesFiles != false, nameof(Tls), "names no file; give the paths of a certificate and its key");
    }
}

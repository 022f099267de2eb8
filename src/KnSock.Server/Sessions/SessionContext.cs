using KnSock.Server.Adaptation;
using KnSock.Server.Channels;
using KnSock.Server.Diagnostics;
using Microsoft.Extensions.Logging;

namespace KnSock.Server.Sessions;

/// <summary>What sessions share.</summary>
internal sealed record SessionContext
{
    public required IReadOnlyList<Channel> Channels { get; init; }

    /// <summary>Pulsed when what the channels say of themselves has changed.</summary>
    public required AsyncSignal CatalogChanged { get; init; }

    public required ServerClock Clock { get; init; }

    public required ServerMetrics Metrics { get; init; }

    public required ILogger Logger { get; init; }

    /// <summary>The most that is sent ahead of playout.</summary>
    public required TimeSpan MaxBuffer { get; init; }

    public required TimeSpan NoProgressTimeout { get; init; }

    public required DecisionLog? Decisions { get; init; }
}

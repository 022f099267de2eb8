using System.Collections.Concurrent;
using KnSock.Server.Adaptation;
using KnSock.Server.Channels;
using KnSock.Server.Diagnostics;
using KnSock.Server.Loops;
using Microsoft.Extensions.Logging;

namespace KnSock.Server.Sessions;

/// <summary>What sessions share.</summary>
internal sealed record SessionContext
{
    private readonly ConcurrentDictionary<SenderLoop, LiveGroups> _groups = new();

    /// <summary>The channels on offer; to be gone through anew each time, for they come and go.</summary>
    public required IEnumerable<Channel> Channels { get; init; }

    /// <summary>The catalog as it is sent.</summary>
    public required CatalogLine Catalog { get; init; }

    public required ServerClock Clock { get; init; }

    public required ServerMetrics Metrics { get; init; }

    public required ILogger Logger { get; init; }

    /// <summary>The most that is sent ahead of playout.</summary>
    public required TimeSpan MaxBuffer { get; init; }

    /// <summary>The most that a viewer whose buffer is full is sent in one go.</summary>
    public required TimeSpan LargestBatch { get; init; }

    public required TimeSpan NoProgressTimeout { get; init; }

    public required DecisionLog? Decisions { get; init; }

    /// <summary>The server's uplink. Null: it has no limit.</summary>
    public Uplink? Uplink { get; init; }

    /// <summary>Whom one can ask why, and who wants to know.</summary>
    public Explanations Explanations { get; } = new();

    /// <summary>What chooses a viewer's rung, given the one that it begins with.</summary>
    public Func<int, IRenditionSelector> Selector { get; init; } = static first => new RenditionSelector(new RenditionSelectorOptions(), first);

    /// <summary>The groups of viewers on a loop.</summary>
    public LiveGroups GroupsOf(SenderLoop loop) => _groups.GetOrAdd(loop, _ => new LiveGroups(Metrics));
}

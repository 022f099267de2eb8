using System.Collections.Concurrent;
using KnSock.Server.Adaptation;

namespace KnSock.Server.Sessions;

/// <summary>The sessions that can be asked why they are sent what they are sent, and those who want to be told of each decision. From any thread.</summary>
internal sealed class Explanations
{
    private readonly ConcurrentDictionary<string, IServedSession> _sessions = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private DecisionFeed[] _followers = [];

    /// <summary>A session has begun.</summary>
    public void Add(IServedSession session) => _sessions[session.Id] = session;

    /// <summary>A session has ended.</summary>
    public void Remove(IServedSession session) => _sessions.TryRemove(session.Id, out _);

    /// <summary>Whether there is a session of that name.</summary>
    public bool Knows(string session) => _sessions.ContainsKey(session);

    /// <summary>The sessions there are now, in the order in which they came.</summary>
    /// <param name="session">Only that of this name. Null: all.</param>
    public IReadOnlyList<IServedSession> Find(string? session) => session is not null
        ? _sessions.TryGetValue(session, out var found) ? [found] : []
        : [.. _sessions.Values.OrderBy(s => s.Id.Length).ThenBy(s => s.Id, StringComparer.Ordinal)];

    /// <summary>Tells those who want to know. Costs next to nothing when nobody does, and never waits for one who does.</summary>
    public void Tell(TakenDecision taken)
    {
        foreach (var follower in Volatile.Read(ref _followers))
        {
            follower.Offer(taken);
        }
    }

    /// <summary>From now on a feed is told.</summary>
    public void Follow(DecisionFeed feed)
    {
        lock (_lock)
        {
            Volatile.Write(ref _followers, [.. _followers, feed]);
        }
    }

    /// <summary>It is told no more.</summary>
    public void Unfollow(DecisionFeed feed)
    {
        lock (_lock)
        {
            Volatile.Write(ref _followers, [.. _followers.Where(f => f != feed)]);
        }
    }
}

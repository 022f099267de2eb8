namespace KnSock.Server.Loops;

/// <summary>Whose sockets a loop watches, by the keys that readiness is told of under.</summary>
internal sealed class WatchedSockets
{
    private readonly List<(LoopMember? Member, int Tag)> _watched = [];
    private readonly Stack<int> _freeKeys = new();
    private readonly List<int> _letGo = [];

    /// <summary>Whose socket has a key, and the member's own number for it. Null: it was let go.</summary>
    public (LoopMember? Member, int Tag) this[int key] => _watched[key];

    /// <summary>Gives a member's socket a key.</summary>
    public int Add(LoopMember member, int tag)
    {
        if (!_freeKeys.TryPop(out var key))
        {
            key = _watched.Count;
            _watched.Add(default);
        }

        _watched[key] = (member, tag);
        return key;
    }

    /// <summary>Lets a key go. What is ready at this moment may name it yet; nobody else has it before the next look.</summary>
    public void Remove(int key)
    {
        _watched[key] = default;
        _letGo.Add(key);
    }

    /// <summary>A look begins: keys that were let go can be had again.</summary>
    public void Begin()
    {
        _letGo.ForEach(_freeKeys.Push);
        _letGo.Clear();
    }
}

namespace KnSock.Server.Adaptation;

/// <summary>The newest decisions of a viewer, so many and no more. Room is taken only as there are some.</summary>
internal sealed class DecisionRing
{
    /// <summary>How many are kept.</summary>
    public const int Capacity = 16;

    private readonly List<TakenDecision> _kept = [];

    /// <summary>Those that are kept, the oldest first. Valid until the next is added.</summary>
    public IReadOnlyList<TakenDecision> Kept => _kept;

    /// <summary>Keeps one more; the oldest goes if there are too many.</summary>
    public void Add(TakenDecision taken)
    {
        if (_kept.Count == Capacity)
        {
            _kept.RemoveAt(0);
        }

        _kept.Add(taken);
    }
}

namespace KnSock.Server.Store;

/// <summary>Why puts are refused.</summary>
/// <param name="State">What users are told.</param>
/// <param name="ByLimit">By the store's own limit; otherwise by the disk.</param>
/// <param name="Size">Bytes that were to be put.</param>
/// <param name="Key">Of which rendition.</param>
internal sealed record Refusal(StoreState State, bool ByLimit, long Size, RenditionKey Key);

/// <summary>What is refused at present, by purpose. What viewers watch may be taken while background work is not. Not for several threads at once.</summary>
internal sealed class Refusals
{
    private readonly Refusal?[] _refusals = new Refusal?[Enum.GetValues<PutPurpose>().Length];

    /// <summary>The worst of what is refused.</summary>
    public StoreState State => _refusals.Max(r => r?.State.Condition ?? StoreCondition.Ready) is var worst and not StoreCondition.Ready
        ? _refusals.First(r => r?.State.Condition == worst)!.State
        : StoreState.Ready;

    /// <summary>Why puts for this purpose are refused. Null: they are not.</summary>
    public Refusal? this[PutPurpose purpose] => _refusals[(int)purpose];

    /// <summary>
    /// Refuses from now on. What keeps out what is watched keeps out the rest as well, and a folder that cannot be written everything; only room
    /// may be made for the one and not for the other.
    /// </summary>
    public void Set(PutPurpose purpose, Refusal refusal)
    {
        Keep(PutPurpose.Background, refusal);
        if (purpose == PutPurpose.Watched || refusal.State.Condition == StoreCondition.Failing)
        {
            Keep(PutPurpose.Watched, refusal);
        }
    }

    /// <summary>Goes on to refuse puts for this purpose, or with null lets them be tried again.</summary>
    public void Keep(PutPurpose purpose, Refusal? refusal) => _refusals[(int)purpose] = refusal;
}

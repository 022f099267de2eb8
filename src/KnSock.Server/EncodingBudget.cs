namespace KnSock.Server;

/// <summary>What encoding may cost the machine: processes, share of its CPU, and priority.</summary>
/// <remarks>What is watched is encoded at full priority. What is made ahead of need stands back for it in every respect.</remarks>
public sealed record EncodingBudget
{
    /// <summary>
    /// Most encoder processes at a time, of all channels. Live viewers of a rung share one; viewers on timelines of their own may need one each.
    /// Further ones wait, and with them their viewers.
    /// </summary>
    public int MaxProcesses { get; init; } = 64;

    /// <summary>What is encoded ahead of need into the store. More makes later viewers' joins and switches quicker, and costs CPU now.</summary>
    public FillScope Fill { get; init; } = FillScope.Likely;

    /// <summary>The most that encoding ahead of need may use of all cores, 1 = the whole machine.</summary>
    public double FillCpuShare { get; init; } = 0.5;

    /// <summary>How far encoding ahead of need stands back for other processes, 0 (not at all) to 19, as nice(1) has it.</summary>
    public int FillNiceness { get; init; } = 19;

    /// <summary>For how long an encoder goes on after its last viewer left.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(5);
}

/// <summary>What is encoded ahead of need.</summary>
public enum FillScope
{
    /// <summary>Nothing: encoders run for viewers alone.</summary>
    None,

    /// <summary>What is missing of the renditions that are or were watched.</summary>
    Watched,

    /// <summary>And then, once viewers have settled, the rungs next to those, to which one may have to change.</summary>
    Likely,

    /// <summary>And then all the rest, watched or not.</summary>
    All,
}

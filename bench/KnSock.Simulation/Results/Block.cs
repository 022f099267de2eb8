namespace KnSock.Simulation.Results;

/// <summary>What a viewer saw in a part of a run. Parts are drawn from where there is but one run to say how far its figures can be relied upon.</summary>
/// <param name="Watched">Seconds of it since the first picture.</param>
/// <param name="Pictures">How many were shown.</param>
/// <param name="Utility">Sum of <see cref="Quality.Utility"/> over them.</param>
/// <param name="Stalled">Seconds that the picture stood still.</param>
/// <param name="UtilityChange">Sum of the changes of utility, without their signs.</param>
internal readonly record struct Block(double Watched, int Pictures, double Utility, double Stalled, double UtilityChange)
{
    /// <summary>What happens in one has hardly to do with what happens in the next but one: longer than most outages, and than a selector remembers them.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromSeconds(15);

    /// <summary>Both together.</summary>
    public static Block operator +(Block a, Block b) =>
        new(a.Watched + b.Watched, a.Pictures + b.Pictures, a.Utility + b.Utility, a.Stalled + b.Stalled, a.UtilityChange + b.UtilityChange);
}

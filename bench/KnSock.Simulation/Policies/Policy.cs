using KnSock.Server.Adaptation;

namespace KnSock.Simulation.Policies;

/// <summary>A way to choose rungs: that of the product, or one that others use.</summary>
/// <param name="Name">What it goes by.</param>
/// <param name="Create">Makes what chooses for one viewer.</param>
internal sealed record Policy(string Name, Func<PolicySetup, IRenditionSelector> Create)
{
    /// <summary>The product's own.</summary>
    public const string Own = "knsock";

    /// <summary>The same policy with the parameters among which it was tuned for each setting, in its name those that differ from the first, which is as published. Empty: there is nothing to tune.</summary>
    public IReadOnlyList<Policy> Variants { get; init; } = [];

    /// <summary>All there are, the product's own first.</summary>
    public static IReadOnlyList<Policy> All => Baselines.WithOwn;

    /// <summary>The policy of a name.</summary>
    /// <exception cref="ArgumentException">There is none of that name; the message says which there are.</exception>
    public static Policy Named(string name) =>
        All.FirstOrDefault(p => string.Equals(p.Name, name, StringComparison.OrdinalIgnoreCase))
        ?? throw new ArgumentException($"there is no policy '{name}'; there are {string.Join(", ", All.Select(p => p.Name))}", nameof(name));
}

namespace KnSock.Simulation.Links;

/// <summary>What a link is like beside its capacity.</summary>
internal sealed record LinkOptions
{
    /// <summary>Time there and back without a queue.</summary>
    public TimeSpan RoundTrip { get; init; } = TimeSpan.FromMilliseconds(40);

    /// <summary>What the queue before the bottleneck holds: as much as the link carries in this time on average.</summary>
    public TimeSpan Queue { get; init; } = TimeSpan.FromMilliseconds(300);

    /// <summary>What it holds at the least, bytes.</summary>
    public int LeastQueue { get; init; } = 30_000;

    /// <summary>Share of the packets that is lost by chance.</summary>
    public double Loss { get; init; }

    /// <summary>Seed of what is left to chance.</summary>
    public int Seed { get; init; }
}

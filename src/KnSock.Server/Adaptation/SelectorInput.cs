using KnSock.Protocol.Messages;

namespace KnSock.Server.Adaptation;

/// <summary>What a decision is taken from.</summary>
internal readonly record struct SelectorInput
{
    /// <summary>What the viewer's playout is doing.</summary>
    public required PlayoutState State { get; init; }

    /// <summary>The rung that is being sent; another than the chosen one until the change is carried out.</summary>
    public required int Sent { get; init; }

    /// <summary>Media that lies ready at the viewer.</summary>
    public required TimeSpan Buffer { get; init; }

    /// <summary>The most that it may hold.</summary>
    public required TimeSpan MaxBuffer { get; init; }

    /// <summary>What the link carries.</summary>
    public required LinkEstimate Link { get; init; }

    /// <summary>For each rung why it may not be chosen, in words, or null if it may. Null: all may. The lowest always may.</summary>
    public IReadOnlyList<string?>? Withdrawn { get; init; }

    /// <summary>Rate of each rung on the wire, with sound and framing, bit/s, lowest first.</summary>
    public required IReadOnlyList<double> Rates { get; init; }
}

using KnSock.Protocol.Messages;

namespace KnSock.Server.Adaptation;

/// <summary>What a decision is taken from.</summary>
internal sealed record SelectorInput
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

    /// <summary>The highest rung that may be chosen.</summary>
    public int Highest { get; init; } = int.MaxValue;

    /// <summary>Why no higher rung may be, in words.</summary>
    public string WhyNotHigher { get; init; } = string.Empty;

    /// <summary>Rate of each rung on the wire, with sound and framing, bit/s, lowest first.</summary>
    public required IReadOnlyList<double> Rates { get; init; }
}

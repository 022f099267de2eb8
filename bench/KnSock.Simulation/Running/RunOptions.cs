using KnSock.Simulation.Links;
using KnSock.Simulation.Viewers;

namespace KnSock.Simulation.Running;

/// <summary>How runs are made, whatever the trace, the setting and the policy.</summary>
internal sealed record RunOptions
{
    /// <summary>The link beside its capacity.</summary>
    public LinkOptions Link { get; init; } = new();

    /// <summary>Share of the capacity that others take, who come and go. Zero: there are none.</summary>
    public double CrossTraffic { get; init; }

    /// <summary>Where in the loop viewers join, and all else that is left to chance.</summary>
    public int Seed { get; init; }

    /// <summary>
    /// Whether viewers join when a GOP begins, as near to the live edge as can be. Otherwise they join anywhere in one, and begin with what of it lies behind the live edge.
    /// </summary>
    public bool JoinsWithGop { get; init; }

    /// <summary>What clients say in place of their feedback. Null: what is true.</summary>
    public FeedbackFault? Fault { get; init; }

    /// <summary>The most that the server sends to all viewers together, bit/s. Null: no limit.</summary>
    public long? MaxUplink { get; init; }

    /// <summary>Is told of what the server sends: when, and how many bytes. Null: nobody is.</summary>
    public Action<TimeSpan, int>? Sent { get; init; }

    /// <summary>Whether results say how it stood every 500 ms.</summary>
    public bool KeepsMoments { get; init; }
}

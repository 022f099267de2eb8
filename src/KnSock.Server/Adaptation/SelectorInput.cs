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

    /// <summary>It plays at the live edge: there is nothing to be had ahead of time.</summary>
    public bool IsAtLiveEdge { get; init; }

    /// <summary>How far what is sent next lies ahead of playout, so how long it may be under way. Less than nothing: it is late already.</summary>
    public TimeSpan Lead { get; init; }

    /// <summary>How often the rung that is sent changed of late (<see cref="Adaptation.RecentChanges"/>).</summary>
    public double RecentChanges { get; init; }

    /// <summary>Bytes that were handed to the transport and have not arrived yet, as far as that can be seen.</summary>
    public long UnderWay { get; init; }

    /// <summary>Bytes of the GOP that was begun which were not handed to the transport yet. Zero: none was begun, or that is not known.</summary>
    public long RestBytes { get; init; }

    /// <summary>How long that rest plays.</summary>
    public TimeSpan Rest { get; init; }

    /// <summary>The GOP that was begun, whole. Null: none was.</summary>
    public GopOutlook? Begun { get; init; }

    /// <summary>The GOPs that come next, from the first of which nothing was sent yet. Empty: that is not known.</summary>
    public IReadOnlyList<GopOutlook> Next { get; init; }

    /// <summary>For each rung why it may not be chosen, in words, or null if it may. Null: all may. The lowest always may.</summary>
    public IReadOnlyList<string?>? Withdrawn { get; init; }

    /// <summary>The rung that the viewer's user has chosen. Null: none, or it is not to be had.</summary>
    public int? Wanted { get; init; }

    /// <summary>What a second of each rung is worth, lowest first; the lowest nothing.</summary>
    public IReadOnlyList<double> Utilities { get; init; }

    /// <summary>Rate of each rung on the wire, with sound and framing, bit/s, lowest first.</summary>
    public required IReadOnlyList<double> Rates { get; init; }

    /// <summary>The same, to keep: who looks may write its lists anew with each look.</summary>
    public SelectorInput Copy() => this with
    {
        Begun = Begun?.Copy(),
        Next = Next is null ? [] : [.. Next.Select(g => g.Copy())],
        Withdrawn = Withdrawn?.ToArray(),
        Utilities = [.. Utilities],
        Rates = [.. Rates],
    };
}

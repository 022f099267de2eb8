using KnSock.Protocol.Messages;
using KnSock.Server.Adaptation;
using KnSock.Simulation.Policies;

namespace KnSock.Simulation.Tests.Policies;

/// <summary>What a selector may be shown.</summary>
internal static class Seen
{
    public static readonly double[] Rates = [300_000, 700_000, 1_400_000, 2_800_000, 5_000_000, 8_000_000];

    public static readonly LinkEstimate NoLink = new(BitsPerSecond: null, IsCapacity: false, Busy: TimeSpan.Zero);

    /// <summary>A viewer with 8 s of read-ahead.</summary>
    public static SelectorInput Ahead(double buffer, int sent = 0, LinkEstimate? link = null, PlayoutState state = PlayoutState.Playing) => new()
    {
        State = state,
        Sent = sent,
        Buffer = TimeSpan.FromSeconds(buffer),
        MaxBuffer = TimeSpan.FromSeconds(8),
        Lead = TimeSpan.FromSeconds(buffer),
        Link = link ?? NoLink,
        Rates = Rates,
    };

    /// <summary>A viewer at the live edge.</summary>
    public static SelectorInput Live(double buffer, double delay = 0.5, int sent = 0, LinkEstimate? link = null, PlayoutState state = PlayoutState.Playing) =>
        Ahead(buffer, sent, link, state) with { MaxBuffer = TimeSpan.FromSeconds(delay), IsAtLiveEdge = true };

    /// <summary>A link that carries so much and is busy.</summary>
    public static LinkEstimate Busy(double bitsPerSecond, double seconds = 1) => new(bitsPerSecond, IsCapacity: true, TimeSpan.FromSeconds(seconds));

    /// <summary>A GOP of a second that came over a link of some rate.</summary>
    public static GopDelivery Delivery(int rung, double bitsPerSecond, double ended = 10)
    {
        var seconds = Rates[rung] / bitsPerSecond;
        return new GopDelivery(rung, (long)(Rates[rung] / 8), TimeSpan.FromSeconds(ended - seconds), TimeSpan.FromSeconds(ended), TimeSpan.FromSeconds(1));
    }

    /// <summary>The next GOPs, of a second each, as large as given.</summary>
    public static GopOutlook[] Next(params double[][] bits) => [.. bits.Select(b =>
    {
        var gop = new GopOutlook(b.Length) { Duration = TimeSpan.FromSeconds(1) };
        for (var rung = 0; rung < b.Length; rung++)
        {
            gop.Bytes[rung] = (long)(b[rung] / 8);
            gop.KeyframeBytes[rung] = gop.Bytes[rung] / 4;
        }

        return gop;
    })];
}

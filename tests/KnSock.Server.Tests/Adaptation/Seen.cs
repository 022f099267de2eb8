using KnSock.Protocol.Messages;
using KnSock.Server.Adaptation;

namespace KnSock.Server.Tests.Adaptation;

/// <summary>What a selector is shown.</summary>
internal static class Seen
{
    /// <summary>Rates of the pictures, bit/s.</summary>
    public static IReadOnlyList<double> Pictures { get; } = [290_000, 700_000, 1_300_000, 2_800_000, 5_000_000];

    /// <summary>The same on the wire.</summary>
    public static IReadOnlyList<double> Rates { get; } = [.. Pictures.Select(r => r + 131_000)];

    /// <summary>GOPs of a second, each of the mean weight, a quarter of it the keyframe.</summary>
    public static IReadOnlyList<GopOutlook> Gops(int count, double demand = 1) => [.. Enumerable.Range(0, count).Select(_ =>
    {
        var gop = new GopOutlook(Rates.Count) { Duration = TimeSpan.FromSeconds(1) };
        for (var rung = 0; rung < Rates.Count; rung++)
        {
            gop.Bytes[rung] = (long)(((Pictures[rung] * demand) + 131_000) / 8);
            gop.KeyframeBytes[rung] = (long)(Pictures[rung] * demand / 32);
        }

        return gop;
    })];

    /// <summary>A viewer with read-ahead before the start of a GOP.</summary>
    /// <param name="rung">The rung that it is sent.</param>
    /// <param name="bitsPerSecond">What its link carries; null: that is not known.</param>
    /// <param name="lead">What it has to spare, seconds.</param>
    public static SelectorInput Viewer(int rung, double? bitsPerSecond, double lead) => new()
    {
        State = PlayoutState.Playing,
        Sent = rung,
        Buffer = TimeSpan.FromSeconds(Math.Max(0, lead)),
        MaxBuffer = TimeSpan.FromSeconds(8),
        Lead = TimeSpan.FromSeconds(lead),
        Link = new LinkEstimate(bitsPerSecond, IsCapacity: true, TimeSpan.FromSeconds(1)),
        Next = Gops(6),
        Rates = Rates,
        Utilities = [.. Pictures.Select(r => Math.Log(r / Pictures[0]))],
    };
}

using BenchmarkDotNet.Attributes;
using KnSock.Protocol.Messages;
using KnSock.Server.Adaptation;

namespace KnSock.Benchmarks;

/// <summary>
/// What a look of the rendition selector costs, of which there are ten a second for a viewer whose link is in question: every rung of five, over what may become of the link, in the GOPs that come.
/// </summary>
public class SelectorBenchmarks
{
    private static readonly double[] Pictures = [160_000, 700_000, 1_300_000, 2_800_000, 5_000_000];

    private readonly RenditionSelector _selector = new(new RenditionSelectorOptions(), initialRung: 2);
    private SelectorInput _input;

    /// <summary>Seconds that may be sent ahead; 0 is the live edge.</summary>
    [Params(0, 8)]
    public int MaxBuffer { get; set; }

    /// <summary>Whether nothing has come through for a while.</summary>
    [Params(false, true)]
    public bool IsDead { get; set; }

    /// <summary>The middle rung is what the link carries, so that all others are weighed and none is chosen.</summary>
    [GlobalSetup]
    public void See()
    {
        var isLive = MaxBuffer == 0;
        _input = new SelectorInput
        {
            State = PlayoutState.Playing,
            Sent = 2,
            Buffer = TimeSpan.FromSeconds(isLive ? 0.2 : 6),
            MaxBuffer = TimeSpan.FromSeconds(isLive ? 0.3 : MaxBuffer),
            IsAtLiveEdge = isLive,
            Lead = TimeSpan.FromSeconds(isLive ? 0.3 : 6),
            Link = new LinkEstimate(
                IsDead ? 0 : 1_700_000, IsCapacity: true, TimeSpan.FromSeconds(1), Usual: 1_700_000, Deviation: 0.1, Dead: TimeSpan.FromSeconds(IsDead ? 0.4 : 0), FallShare: 0.05),
            Next = [.. Enumerable.Range(0, 12).Select(_ => Gop())],
            Utilities = [.. Pictures.Select(r => Math.Log(r / Pictures[0]))],
            Rates = [.. Pictures.Select(r => r + 163_000)],
        };
    }

    [Benchmark]
    public object? Update() => _selector.Update(_input, TimeSpan.Zero);

    private static GopOutlook Gop() => new(Pictures.Length)
    {
        Duration = TimeSpan.FromSeconds(1),
        Bytes = [.. Pictures.Select(r => (long)(r + 163_000) / 8)],
        KeyframeBytes = [.. Pictures.Select(r => (long)r / 32)],
    };
}

using KnSock.Simulation.Links;
using KnSock.Simulation.Traces;

namespace KnSock.Simulation.Tests.Links;

/// <summary>Senders that always have more to send, and what of it has come when.</summary>
internal sealed class Transfer
{
    private readonly long _most;
    private readonly List<(TimeSpan At, long Bytes)> _arrivals = [];

    public Transfer(BandwidthTrace trace, LinkOptions options, long most = long.MaxValue, int viewers = 1)
    {
        _most = most;
        Link = new SimulatedLink(trace, options, TimeSpan.Zero, viewers);
    }

    public SimulatedLink Link { get; }

    public LinkFlow Flow => Link.Flows[0];

    public TimeSpan Now { get; private set; }

    /// <summary>When the first flow had how many bytes.</summary>
    public IReadOnlyList<(TimeSpan At, long Bytes)> Arrivals => _arrivals;

    /// <summary>The longest queue seen, bytes.</summary>
    public long LongestQueue { get; private set; }

    /// <summary>When so many bytes had come.</summary>
    public double SecondsTo(long bytes) => _arrivals.First(a => a.Bytes >= bytes).At.TotalSeconds;

    /// <summary>Bytes that had come by then.</summary>
    public long BytesAt(double seconds) => _arrivals.LastOrDefault(a => a.At.TotalSeconds <= seconds).Bytes;

    public Transfer Run(double seconds)
    {
        var end = TimeSpan.FromSeconds(seconds);
        Fill();
        while (Link.Due <= end)
        {
            Now = Link.Due;
            Link.Run(Now);
            Fill();
            if (Flow.Arrived > (_arrivals.Count > 0 ? _arrivals[^1].Bytes : 0))
            {
                _arrivals.Add((Now, Flow.Arrived));
            }

            LongestQueue = Math.Max(LongestQueue, Link.Flows.Sum(f => f.Queued));
        }

        Now = end;
        return this;
    }

    private void Fill()
    {
        foreach (var flow in Link.Flows)
        {
            while (flow.Sender.Written < _most && flow.Sender.HasRoom)
            {
                flow.Sender.Write((int)Math.Min(1_000_000, _most - flow.Sender.Written), Now);
            }
        }
    }
}

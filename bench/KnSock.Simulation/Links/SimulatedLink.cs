using KnSock.Simulation.Traces;

namespace KnSock.Simulation.Links;

/// <summary>A link in virtual time, from a server to one viewer or to several that share it, each with a TCP connection for media and one for messages.</summary>
/// <remarks>
/// <para>What it shows: the capacity of a trace, headers included; a queue before the bottleneck, whose delay grows with what is sent; slow start, CUBIC, and a
/// window that closes while nothing is sent; loss where the queue overflows, which holds up all behind it for a round trip or, at the tail, for a time-out; an outage
/// as packets that wait while time-outs double; bytes in the kernel that cannot be recalled. Several viewers take turns packet by packet, as behind a fair queue.</para>
/// <para>What it does not: links that reorder or carry in bursts (Wi-Fi aggregation, schedulers of mobile networks) below the trace's intervals; a way back that is
/// narrow or lossy, for acknowledgements and feedback take half a round trip always, in an outage, too; delayed acknowledgements; pacing; a receive window; losses of
/// messages, which wait in the queue only; a connection that breaks, and is made again, in a long outage.</para>
/// </remarks>
internal sealed class SimulatedLink
{
    /// <summary>IP and TCP, with timestamps.</summary>
    public const int HeaderBytes = 52;

    private readonly LinkOptions _options;
    private readonly Bottleneck _bottleneck;
    private readonly LinkFlow[] _flows;
    private readonly SeededRandom _random;
    private readonly TimeSpan _oneWay;
    private readonly Queue<(Packet Packet, TimeSpan At)> _arriving = new();
    private readonly Queue<(Packet Packet, TimeSpan At)> _acknowledging = new();

    /// <summary>Creates it.</summary>
    /// <param name="trace">What it carries.</param>
    /// <param name="options">What it is like beside that.</param>
    /// <param name="start">When the trace begins.</param>
    /// <param name="viewers">How many share it.</param>
    public SimulatedLink(BandwidthTrace trace, LinkOptions options, TimeSpan start, int viewers = 1)
    {
        var limit = Math.Max(options.LeastQueue, (long)(trace.MeanKbps * 1000 / 8 * options.Queue.TotalSeconds));
        (_options, _oneWay) = (options, options.RoundTrip / 2);
        _bottleneck = new Bottleneck(trace, start, viewers, Math.Max(limit, (long)viewers * 2 * (TcpSender.MostInSegment + HeaderBytes)));
        _random = SeededRandom.For(trace.Name, options.Seed);
        _flows = [.. Enumerable.Range(0, viewers).Select(index => new LinkFlow(this, index, options.RoundTrip))];
    }

    /// <summary>Time there and back without a queue.</summary>
    public TimeSpan RoundTrip => _options.RoundTrip;

    /// <summary>A connection for each viewer.</summary>
    public IReadOnlyList<LinkFlow> Flows => _flows;

    /// <summary>Packets that were dropped or lost.</summary>
    public long Lost { get; private set; }

    /// <summary>Bytes that went through, headers included.</summary>
    public long Carried { get; private set; }

    /// <summary>When something happens next.</summary>
    public TimeSpan Due
    {
        get
        {
            var due = _bottleneck.Due;
            due = _arriving.TryPeek(out var arriving) && arriving.At < due ? arriving.At : due;
            due = _acknowledging.TryPeek(out var acknowledging) && acknowledging.At < due ? acknowledging.At : due;
            foreach (var flow in _flows)
            {
                due = flow.Sender.Due < due ? flow.Sender.Due : due;
            }

            return due;
        }
    }

    /// <summary>Does all that is due by now.</summary>
    public void Run(TimeSpan now)
    {
        while (Due <= now)
        {
            Step();
        }
    }

    /// <summary>Bytes of a flow that wait before the bottleneck.</summary>
    internal long Backlog(int flow) => _bottleneck.Backlog(flow);

    internal void Send(in Packet packet, TimeSpan now)
    {
        if (!_bottleneck.TryAdd(packet, now))
        {
            Lost++;
        }
    }

    private void Step()
    {
        var due = Due;
        if (_acknowledging.TryPeek(out var acknowledged) && acknowledged.At == due)
        {
            _acknowledging.Dequeue();
            _flows[acknowledged.Packet.Flow].Sender.OnAcknowledged(acknowledged.Packet, due);
        }
        else if (_arriving.TryPeek(out var arrived) && arrived.At == due)
        {
            _arriving.Dequeue();
            _flows[arrived.Packet.Flow].OnArrived(arrived.Packet);
            if (arrived.Packet.Segment is not null)
            {
                _acknowledging.Enqueue((arrived.Packet, due + _oneWay));
            }
        }
        else if (_bottleneck.Due == due)
        {
            var packet = _bottleneck.Take();
            Carried += packet.Length;
            if (_options.Loss > 0 && packet.Segment is not null && _random.NextDouble() < _options.Loss)
            {
                Lost++;
                return;
            }

            _arriving.Enqueue((packet, due + _oneWay));
        }
        else
        {
            Array.Find(_flows, f => f.Sender.Due == due)!.Sender.OnDue(due);
        }
    }
}

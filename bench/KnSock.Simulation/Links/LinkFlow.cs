using KnSock.Server.Adaptation;

namespace KnSock.Simulation.Links;

/// <summary>One viewer's part of a link: a stream of media, of which only lengths travel, and messages beside it.</summary>
internal sealed class LinkFlow
{
    /// <summary>What the production server lets the kernel hold unsent.</summary>
    private const int UnsentLimit = 16 * 1024;

    /// <summary>The same for a viewer with seconds in its buffer.</summary>
    private const int LargeUnsentLimit = 128 * 1024;

    private static readonly TimeSpan OverdueAfter = TimeSpan.FromMilliseconds(40);

    private readonly SimulatedLink _link;
    private readonly int _index;
    private readonly Queue<Segment> _expected = new();
    private readonly Queue<ReadOnlyMemory<byte>> _messages = new();
    private (long Written, TimeSpan At) _lastSample;

    internal LinkFlow(SimulatedLink link, int index, TimeSpan roundTrip)
    {
        (_link, _index) = (link, index);
        Sender = new TcpSender(Transmit, roundTrip) { UnsentLimit = UnsentLimit };
    }

    /// <summary>The server's side.</summary>
    public TcpSender Sender { get; }

    /// <summary>Bytes of the stream that have come to the viewer without a gap.</summary>
    public long Arrived { get; private set; }

    /// <summary>Bytes that wait before the bottleneck.</summary>
    public long Queued => _link.Backlog(_index);

    /// <summary>Messages that have come to the viewer.</summary>
    public Queue<ReadOnlyMemory<byte>> Messages => _messages;

    /// <summary>Lets the kernel hold more, or less.</summary>
    public void AllowMore(bool more) => Sender.UnsentLimit = more ? LargeUnsentLimit : UnsentLimit;

    /// <summary>Sends a message to the viewer.</summary>
    public void Send(ReadOnlyMemory<byte> message, TimeSpan now) =>
        _link.Send(new Packet(_index, Segment: null, message, message.Length + SimulatedLink.HeaderBytes, 0, now), now);

    /// <summary>What a server sees of it, as of a TCP connection.</summary>
    /// <param name="isWaiting">Bytes wait for room.</param>
    /// <param name="now">The present time.</param>
    public LinkSample Sample(bool isWaiting, TimeSpan now)
    {
        var (written, delivered, before) = (Sender.Written, Sender.Delivered, _lastSample);
        _lastSample = (written, now);
        var isOverdue = delivered < before.Written && now - before.At > Sender.LeastRoundTrip + OverdueAfter;
        return new LinkSample(delivered, Sender.Unsent > 0 || isWaiting || isOverdue, written - delivered);
    }

    internal void OnArrived(in Packet packet)
    {
        if (packet.Segment is not { } segment)
        {
            _messages.Enqueue(packet.Message);
            return;
        }

        segment.HasArrived = true;
        while (_expected.TryPeek(out var next) && next.HasArrived)
        {
            Arrived += _expected.Dequeue().Length;
        }
    }

    private void Transmit(Segment segment, TimeSpan now)
    {
        if (!segment.IsExpected)
        {
            segment.IsExpected = true;
            _expected.Enqueue(segment);
        }

        _link.Send(new Packet(_index, segment, default, segment.Length + SimulatedLink.HeaderBytes, segment.Transmission, now), now);
    }
}

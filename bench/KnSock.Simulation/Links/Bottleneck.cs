using KnSock.Simulation.Traces;

namespace KnSock.Simulation.Links;

/// <summary>The narrowest place of a link: what comes while another packet is on its way waits, up to a limit, and is dropped beyond. Flows take turns.</summary>
internal sealed class Bottleneck
{
    private readonly BandwidthTrace _trace;
    private readonly TimeSpan _start;
    private readonly Queue<Packet>[] _waiting;
    private readonly long[] _bytes;
    private readonly long _limit;
    private int _served;
    private int _interval;
    private Packet? _current;

    /// <summary>Creates it.</summary>
    /// <param name="trace">What it carries.</param>
    /// <param name="start">When the trace begins.</param>
    /// <param name="flows">How many flows share it.</param>
    /// <param name="limit">Bytes that may wait, of all flows together; each has its part.</param>
    public Bottleneck(BandwidthTrace trace, TimeSpan start, int flows, long limit)
    {
        (_trace, _start, _limit) = (trace, start, limit / flows);
        _waiting = [.. Enumerable.Range(0, flows).Select(_ => new Queue<Packet>())];
        _bytes = new long[flows];
    }

    /// <summary>When the packet is through that is on its way. <see cref="TimeSpan.MaxValue"/>: never, or there is none.</summary>
    public TimeSpan Due { get; private set; } = TimeSpan.MaxValue;

    /// <summary>Bytes of a flow that wait or are on their way.</summary>
    public long Backlog(int flow) => _bytes[flow];

    /// <summary>Takes a packet in. False: it is dropped. Messages never are.</summary>
    public bool TryAdd(in Packet packet, TimeSpan now)
    {
        if (_bytes[packet.Flow] + packet.Length > _limit && packet.Segment is not null)
        {
            return false;
        }

        _bytes[packet.Flow] += packet.Length;
        _waiting[packet.Flow].Enqueue(packet);
        if (_current is null)
        {
            Serve(now);
        }

        return true;
    }

    /// <summary>Takes out the packet that is through at <see cref="Due"/>.</summary>
    public Packet Take()
    {
        var (packet, at) = (_current!.Value, Due);
        _bytes[packet.Flow] -= packet.Length;
        Serve(at);
        return packet;
    }

    private void Serve(TimeSpan now)
    {
        (_current, Due) = (null, TimeSpan.MaxValue);
        for (var i = 1; i <= _waiting.Length; i++)
        {
            var flow = (_served + i) % _waiting.Length;
            if (_waiting[flow].TryDequeue(out var packet))
            {
                (_served, _current, Due) = (flow, packet, EndOf(packet.Length, now));
                return;
            }
        }
    }

    /// <summary>When so many bytes are through that begin now. Beyond the trace's end it goes on as it ended.</summary>
    private TimeSpan EndOf(double bytes, TimeSpan now)
    {
        var at = now - _start;
        while (true)
        {
            while (_interval + 1 < _trace.Count && _trace[_interval].To <= at)
            {
                _interval++;
            }

            var (_, to, kbps) = _trace[_interval];
            var perSecond = kbps * 1000 / 8;
            var isLast = _interval + 1 == _trace.Count;
            if (perSecond > 0 && (isLast || bytes <= perSecond * (to - at).TotalSeconds))
            {
                return _start + at + TimeSpan.FromTicks((long)Math.Ceiling(bytes / perSecond * TimeSpan.TicksPerSecond));
            }

            if (isLast)
            {
                return TimeSpan.MaxValue;
            }

            bytes -= perSecond * (to - at).TotalSeconds;
            at = to;
        }
    }
}

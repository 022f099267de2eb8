namespace KnSock.Simulation.Links;

/// <summary>The sending side of a TCP connection: what the kernel holds of it, when it sends what, and what it takes for lost.</summary>
/// <remarks>
/// All is acknowledged selectively and at once, and no packet overtakes another, so what a later one overtook is lost (RFC 8985). The tail of what was sent is
/// probed for after two round trips; then the time-out counts, doubled each time (RFC 6298), and undone if it turns out that nothing was lost (RFC 3522).
/// </remarks>
/// <param name="send">Puts a transmission on the link.</param>
/// <param name="roundTrip">How long the handshake took.</param>
internal sealed class TcpSender(Action<Segment, TimeSpan> send, TimeSpan roundTrip)
{
    /// <summary>Bytes of the stream in a full packet.</summary>
    public const int MostInSegment = 1448;

    private static readonly TimeSpan ProbeMargin = TimeSpan.FromMilliseconds(2);

    private readonly CongestionWindow _window = new();
    private readonly RoundTripTimes _times = new(roundTrip);
    private readonly Queue<Segment> _outstanding = new();
    private readonly Queue<(Segment Segment, long Transmission)> _flight = new();
    private readonly LinkedList<(Segment Segment, long Transmission)> _lost = new();
    private int _inFlight;
    private int _mostInFlight;
    private bool _wasLimited;
    private long _sent;
    private long _transmissions;
    private long _roundEnd;
    private long _recoversAt;
    private int _sentSinceAck;
    private long? _timedOutAt;
    private bool _hasProbed;
    private TimeSpan _lastSent;

    /// <summary>Bytes that were given to it.</summary>
    public long Written { get; private set; }

    /// <summary>Bytes that the other side has acknowledged, without a gap.</summary>
    public long Acknowledged { get; private set; }

    /// <summary>The same with what has come behind gaps (SACK).</summary>
    public long Delivered { get; private set; }

    /// <summary>Bytes that were not sent yet.</summary>
    public long Unsent => Written - _sent;

    /// <summary>The shortest time there and back.</summary>
    public TimeSpan LeastRoundTrip => _times.Least;

    /// <summary>Bytes that it holds unsent beyond which it takes no more.</summary>
    public int UnsentLimit { get; set; }

    /// <summary>When it does something by itself.</summary>
    public TimeSpan Due { get; private set; } = TimeSpan.MaxValue;

    /// <summary>It is so far below its limit that whoever waits for room is told.</summary>
    public bool HasRoom => Unsent * 2 < UnsentLimit;

    /// <summary>Segments that may be under way.</summary>
    public double Window => _window.Segments;

    /// <summary>Takes as many bytes as there is room for: what may go out at once, and some more.</summary>
    /// <returns>Bytes taken.</returns>
    public int Write(int bytes, TimeSpan now)
    {
        var taken = 0;
        while (taken < bytes && Unsent < UnsentLimit)
        {
            var part = (int)Math.Min(Math.Min(bytes - taken, MostInSegment * 2), UnsentLimit - Unsent);
            Written += part;
            taken += part;
            if (taken == bytes || Unsent >= UnsentLimit)
            {
                Send(now);
            }
        }

        return taken;
    }

    /// <summary>A transmission has arrived, and its acknowledgement is here.</summary>
    public void OnAcknowledged(in Packet packet, TimeSpan now)
    {
        var segment = packet.Segment!;
        _times.Add(now - packet.SentAt);
        _sentSinceAck = 0;
        if (segment.State != SegmentState.Acknowledged)
        {
            if (_timedOutAt is { } last && packet.Transmission <= last)
            {
                TakeBackTimeout();
            }

            _inFlight -= segment.State == SegmentState.InFlight ? 1 : 0;
            segment.State = SegmentState.Acknowledged;
            Delivered += segment.Length;
            _times.Recover();
            _hasProbed = false;
            while (_outstanding.TryPeek(out var first) && first.State == SegmentState.Acknowledged)
            {
                Acknowledged += _outstanding.Dequeue().Length;
            }

            Grow(packet, now);
        }

        FindLost(packet.Transmission);
        if (Acknowledged >= _recoversAt && _timedOutAt is not null && _lost.Count == 0)
        {
            _timedOutAt = null;
            _window.OnRecovered();
        }

        Send(now);
        Arm(now);
    }

    /// <summary>Does what is due at <see cref="Due"/>.</summary>
    public void OnDue(TimeSpan now)
    {
        if (_outstanding.Count == 0)
        {
            Due = TimeSpan.MaxValue;
            return;
        }

        if (!_hasProbed && _inFlight > 0 && _timedOutAt is null)
        {
            _hasProbed = true;
            var last = _flight.Last(f => f.Segment.State == SegmentState.InFlight && f.Segment.Transmission == f.Transmission).Segment;
            Transmit(last, now);
        }
        else
        {
            TimeOut(now);
        }

        Arm(now);
    }

    private void Grow(in Packet packet, TimeSpan now)
    {
        if (packet.Transmission > _roundEnd)
        {
            _roundEnd = _transmissions;
            _mostInFlight = _inFlight + 1;
            _window.BeginRound();
        }

        if (Acknowledged >= _recoversAt || _timedOutAt is not null)
        {
            // In slow start the window may be twice what is used, so that a burst finds it open.
            var isLimiting = _wasLimited || (_window.IsSlowStart && _window.Segments < 2 * _mostInFlight);
            _window.OnAcknowledged(now - packet.SentAt, LeastRoundTrip, isLimiting, now);
        }
    }

    /// <summary>What was sent before something that has arrived, and has not, is lost.</summary>
    private void FindLost(long arrived)
    {
        while (_flight.TryPeek(out var first) && first.Transmission <= arrived)
        {
            _flight.Dequeue();
            var segment = first.Segment;
            if (segment.State != SegmentState.InFlight || segment.Transmission != first.Transmission)
            {
                continue;
            }

            segment.State = SegmentState.Lost;
            _inFlight--;
            _lost.AddLast((segment, first.Transmission));
            if (segment.Start >= _recoversAt)
            {
                _recoversAt = _sent;
                _window.OnLoss();
            }
        }
    }

    private void TimeOut(TimeSpan now)
    {
        foreach (var (segment, transmission) in _flight)
        {
            if (segment.State == SegmentState.InFlight && segment.Transmission == transmission)
            {
                segment.State = SegmentState.Lost;
                _lost.AddLast((segment, transmission));
            }
        }

        _flight.Clear();
        _window.OnTimeout();
        (_inFlight, _recoversAt, _hasProbed) = (0, _sent, true);
        _timedOutAt ??= _transmissions;
        _times.BackOff();
        Send(now);
    }

    /// <summary>What was sent before the time-out arrives after all: it was only late.</summary>
    private void TakeBackTimeout()
    {
        var later = _flight.ToArray();
        _flight.Clear();
        foreach (var (segment, transmission) in _lost)
        {
            if (segment.State == SegmentState.Lost)
            {
                segment.State = SegmentState.InFlight;
                _inFlight++;
                _flight.Enqueue((segment, transmission));
            }
        }

        foreach (var entry in later)
        {
            _flight.Enqueue(entry);
        }

        _lost.Clear();
        (_timedOutAt, _recoversAt) = (null, 0);
        _window.Undo();
    }

    private void Send(TimeSpan now)
    {
        if (_inFlight == 0 && _lost.Count == 0 && Unsent > 0 && _transmissions > 0 && now - _lastSent > _times.Timeout)
        {
            _window.OnIdle(now - _lastSent, _times.Timeout);
        }

        // While it recovers, it sends no more than two for each that arrives.
        var isRecovering = Acknowledged < _recoversAt && _timedOutAt is null;
        while ((_lost.Count > 0 || Unsent > 0) && !(isRecovering && _sentSinceAck >= 2))
        {
            if (_inFlight > 0 && _inFlight + 1 > _window.Segments)
            {
                _wasLimited = true;
                return;
            }

            TransmitNext(now);
        }

        _wasLimited &= _lost.Count > 0 || Unsent > 0;
    }

    private void TransmitNext(TimeSpan now)
    {
        if (_lost.First is { } lost)
        {
            _lost.RemoveFirst();
            if (lost.Value.Segment.State == SegmentState.Lost)
            {
                lost.Value.Segment.State = SegmentState.InFlight;
                _inFlight++;
                Transmit(lost.Value.Segment, now);
            }

            return;
        }

        var segment = new Segment(_sent, (int)Math.Min(MostInSegment, Unsent));
        _sent += segment.Length;
        _outstanding.Enqueue(segment);
        _inFlight++;
        Transmit(segment, now);
    }

    private void Transmit(Segment segment, TimeSpan now)
    {
        _mostInFlight = Math.Max(_mostInFlight, _inFlight);
        segment.Transmission = ++_transmissions;
        _flight.Enqueue((segment, segment.Transmission));
        _sentSinceAck++;
        _lastSent = now;
        send(segment, now);
        if (Due == TimeSpan.MaxValue)
        {
            Arm(now);
        }
    }

    private void Arm(TimeSpan now)
    {
        if (_outstanding.Count == 0)
        {
            Due = TimeSpan.MaxValue;
            return;
        }

        // One alone may be acknowledged late.
        var probe = (_times.Smoothed * 2) + (_inFlight == 1 ? RoundTripTimes.LeastMargin : ProbeMargin);
        Due = now + (_hasProbed || _timedOutAt is not null || _times.Timeout < probe ? _times.Timeout : probe);
    }
}

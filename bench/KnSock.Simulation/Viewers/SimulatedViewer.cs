using KnSock.Client;
using KnSock.Server.Loops;
using KnSock.Server.Sessions;
using KnSock.Simulation.Links;
using KnSock.Simulation.Media;
using KnSock.Simulation.Policies;

namespace KnSock.Simulation.Viewers;

/// <summary>A viewer from end to end: its session on the server, its link, and its playback.</summary>
internal sealed class SimulatedViewer : IDisposable
{
    /// <summary>How often playout is looked at.</summary>
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(5);

    private readonly LinkFlow _flow;
    private readonly VirtualTime _time;
    private readonly SimulatedViewerConnection _connection;
    private readonly DrivenSession _session;
    private readonly Queue<(byte[] Line, TimeSpan At)> _said = new();
    private readonly GopArrivals _arrivals;
    private TimeSpan _nextTick;
    private TimeSpan _lastSaidAt;
    private long _arrived;

    /// <summary>Creates one that joins now.</summary>
    /// <param name="id">Its number in the server's log.</param>
    /// <param name="flow">Its part of the link.</param>
    /// <param name="options">How its client plays.</param>
    /// <param name="channel">What it plays.</param>
    /// <param name="context">What sessions share.</param>
    /// <param name="loop">The loop that its session lives on; it does not run.</param>
    /// <param name="roundTrip">The link's, without a queue.</param>
    /// <param name="listener">Is told of GOPs that have arrived.</param>
    /// <param name="time">The time.</param>
    /// <param name="fault">What its client says in place of its feedback. Null: what is true.</param>
    public SimulatedViewer(
        string id, LinkFlow flow, LiveStreamClientOptions options, SimulatedChannel channel, SessionContext context, SenderLoop loop, TimeSpan roundTrip, IDeliveryListener listener,
        VirtualTime time, FeedbackFault? fault)
    {
        (_flow, _time, _nextTick) = (flow, time, time.Now);
        Record = new WatchRecord(channel.Quality, channel.Rates.Count, time.Now) { Frame = channel.Media.FrameRate.StartOf(1).SinceZero };
        _connection = new SimulatedViewerConnection(flow, time);
        // Connecting takes a round trip, and the greeting and its answer another.
        var connected = time.Now + (roundTrip * 2);
        _session = new DrivenSession(id, _connection, context, loop, connected);
        Client = new SimulatedClient(
            options, channel.Channel.Info, time, connected, (line, later) => Say(line, time.Now + later + (roundTrip / 2)), (pts, rung) => Record.OnShown(time.Now, pts, rung), fault);
        _arrivals = new GopArrivals(channel.Channel.Timeline, roundTrip / 2, listener);
    }

    /// <summary>Its client.</summary>
    public SimulatedClient Client { get; }

    /// <summary>What it saw.</summary>
    public WatchRecord Record { get; }

    /// <summary>Share of the bytes sent that were padding.</summary>
    public double ProbeShare => _connection.Media.Stream.Bytes > 0 ? (double)_connection.Media.Stream.PaddingBytes / _connection.Media.Stream.Bytes : 0;

    /// <summary>Is told of what it is sent: when, and how many bytes. Null: nobody is.</summary>
    public Action<TimeSpan, int>? Sent
    {
        init => _connection.Media.Sent = value;
    }

    /// <summary>When something of it is due next, but for its link.</summary>
    public TimeSpan Due
    {
        get
        {
            var due = _nextTick < _session.Due ? _nextTick : _session.Due;
            return _said.TryPeek(out var said) && said.At < due ? said.At : due;
        }
    }

    /// <summary>Does all that is due by now, on both sides.</summary>
    public void Run()
    {
        var now = _time.Now;
        while (_said.TryPeek(out var said) && said.At <= now)
        {
            _connection.OnMessage(_said.Dequeue().Line);
        }

        _session.Run(now);
        Receive(now);
        if (now >= _nextTick)
        {
            _nextTick = now + Tick;
            Client.Run();
        }
    }

    /// <summary>The run is over.</summary>
    public void Dispose()
    {
        _session.End();
        _connection.Dispose();
    }

    /// <summary>A connection keeps the order of what is said.</summary>
    private void Say(byte[] line, TimeSpan at) => _said.Enqueue((line, at > _lastSaidAt ? _lastSaidAt = at : _lastSaidAt));

    private void Receive(TimeSpan now)
    {
        while (_flow.Messages.TryDequeue(out var message))
        {
            Client.OnMessage(message);
        }

        if (_flow.Arrived == _arrived)
        {
            return;
        }

        _arrived = _flow.Arrived;
        while (_connection.Media.Stream.TryTake(_arrived, out var frame))
        {
            Client.Receive(frame);
            _arrivals.Add(frame, now);
        }

        Client.OnReceived(_arrived);
    }
}

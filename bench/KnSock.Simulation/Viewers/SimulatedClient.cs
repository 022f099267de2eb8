using System.Buffers;
using KnSock.Client;
using KnSock.Client.Connection;
using KnSock.Client.Playout;
using KnSock.Media;
using KnSock.Protocol;
using KnSock.Protocol.Messages;

namespace KnSock.Simulation.Viewers;

/// <summary>The production client's playback, with what is around it: the connection that fills it, the sink that empties it, and what it says to the server.</summary>
internal sealed class SimulatedClient
{
    private static readonly TimeSpan FeedbackInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan FirstPingInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PingInterval = TimeSpan.FromSeconds(5);
    private const int FirstPings = 5;

    private static readonly byte[] Payload = new byte[ProtocolLimits.MaxPayload];

    private readonly VirtualTime _time;
    private readonly Action<byte[], TimeSpan> _say;
    private readonly FeedbackFault? _fault;
    private readonly TimeSpan _joined;
    private readonly TrackTimeline _picture = new(TrackKind.Video);
    private readonly TrackTimeline _sound = new(TrackKind.Audio);
    private readonly SimulatedPictures _pictures;
    private readonly SimulatedSound _output;
    private TimeSpan _nextFeedback;
    private TimeSpan _nextPing;
    private int _pings;
    private long _received;

    /// <summary>Creates it; from now on the user waits for the first picture.</summary>
    /// <param name="options">How it plays.</param>
    /// <param name="channel">What it plays.</param>
    /// <param name="time">The time.</param>
    /// <param name="connected">When its connections are there.</param>
    /// <param name="say">Sends a message to the server, or does so some time later.</param>
    /// <param name="show">Is told of each picture that is shown: when it was due and its rung.</param>
    /// <param name="fault">What it says in place of its feedback. Null: what is true.</param>
    public SimulatedClient(
        LiveStreamClientOptions options, ChannelInfo channel, VirtualTime time, TimeSpan connected, Action<byte[], TimeSpan> say, Action<Timestamp, int> show, FeedbackFault? fault)
    {
        (_time, _say, _nextFeedback, _nextPing, _fault, _joined) = (time, say, connected, connected, fault, time.Now);
        Playback = new Playback(options with { TimeProvider = time }, [channel], channel, time.Now);
        Playback.ReportReady(selection: 0);
        _pictures = new SimulatedPictures(Playback, show);
        _output = new SimulatedSound(Playback);
    }

    /// <summary>The playback.</summary>
    public Playback Playback { get; }

    /// <summary>The last feedback.</summary>
    public Feedback? Feedback { get; private set; }

    /// <summary>Takes in a frame that has come.</summary>
    /// <returns>The unit in it that can be played.</returns>
    public ArrivedUnit? Receive(in PassingFrame frame)
    {
        var timeline = frame.Kind == TrackKind.Audio ? _sound : _picture;
        var arrived = timeline.Accept(new Frame(frame.Header, new ReadOnlySequence<byte>(frame.Payload)), Playback.TurnLength);
        if (frame.Header.Kind == FrameKind.Mark && timeline.Mark is { } mark)
        {
            Playback.OnMark(mark);
        }

        if (arrived is { } unit)
        {
            unit = unit with { Unit = unit.Unit with { Payload = Payload.AsMemory(0, frame.Header.Length) } };
            var accepting = Playback.AcceptAsync(frame.Kind, unit, isShared: true, CancellationToken.None);
            if (!accepting.IsCompletedSuccessfully)
            {
                throw new InvalidOperationException("the client has no room for what it may be sent");
            }
        }

        return arrived;
    }

    /// <summary>Bytes have come, whose frames were taken in.</summary>
    /// <param name="arrived">All that have come so far.</param>
    public void OnReceived(long arrived)
    {
        Playback.OnReceived(arrived - _received, _picture.Unconfigured + _sound.Unconfigured > 0);
        _received = arrived;
    }

    /// <summary>A message has come.</summary>
    public void OnMessage(ReadOnlyMemory<byte> line)
    {
        if (MessageJson.ReadControl(line.Span[..^1]) is { } message)
        {
            Playback.OnControl(message);
        }
    }

    /// <summary>Plays, and says what is due to be said.</summary>
    public void Run()
    {
        _output.Run();
        _pictures.Run();
        var now = _time.Now;
        if (now >= _nextPing)
        {
            if (_pings == 0)
            {
                Playback.OnConnected();
                Select();
            }

            _nextPing = now + (_pings++ < FirstPings ? FirstPingInterval : PingInterval);
            _say(MessageJson.WriteUrgentLine(new Ping { Id = now.Ticks }), TimeSpan.Zero);
        }

        if (now >= _nextFeedback)
        {
            Select();
            _nextFeedback += FeedbackInterval;
            if (Playback.BuildFeedback() is { } feedback)
            {
                Feedback = feedback;
                Report(feedback);
            }
        }
    }

    private void Report(Feedback feedback)
    {
        if (_fault is null)
        {
            _say(MessageJson.WriteLine(feedback), TimeSpan.Zero);
            return;
        }

        foreach (var (line, later) in _fault(feedback, _time.Now - _joined))
        {
            _say(line, later);
        }
    }

    private void Select()
    {
        if (Playback.TakeUnsentSelect() is { } select)
        {
            _say(MessageJson.WriteUrgentLine(select), TimeSpan.Zero);
        }
    }
}

using KnSock.Protocol;
using KnSock.Server.Loops;
using KnSock.Server.Sessions;
using KnSock.Simulation.Links;

namespace KnSock.Simulation.Viewers;

/// <summary>The server's end of a viewer's connections: sound and picture on one, messages on the other.</summary>
internal sealed class SimulatedViewerConnection(LinkFlow flow, VirtualTime time) : IViewerConnection
{
    private readonly Queue<byte[]> _heard = new();
    private int _heardBytes;
    private bool _hearsLater;
    private bool _awaitsRoom;

    /// <inheritdoc/>
    public string Peer => "simulated";

    /// <inheritdoc/>
    public string Client => "simulated";

    /// <summary>The connection for media.</summary>
    public SimulatedMediaConnection Media { get; } = new(flow, time);

    /// <inheritdoc/>
    public IMediaConnection Video => Media;

    /// <inheritdoc/>
    public IMediaConnection? Audio => null;

    /// <summary>The server would be told of messages.</summary>
    public bool HasHeard => _heardBytes >= (_hearsLater ? ProtocolLimits.HeardAtOnce : 1);

    /// <summary>The server would be told of room.</summary>
    public bool HasRoom => _awaitsRoom && flow.Sender.HasRoom;

    /// <summary>A message of the viewer has arrived.</summary>
    /// <param name="line">It, with its end.</param>
    public void OnMessage(byte[] line)
    {
        _heard.Enqueue(line);
        _heardBytes += line.Length;
    }

    /// <inheritdoc/>
    public void Open<TSession>(SenderLoop loop, TSession session)
        where TSession : LoopMember, IMessageListener
    {
    }

    /// <inheritdoc/>
    public ConnectionEvent OnReady(int tag, Interest ready, IMessageListener listener)
    {
        if (ready.HasFlag(Interest.Write))
        {
            _awaitsRoom = false;
            Media.NoteRoom();
            return ConnectionEvent.Writable;
        }

        Hear(listener);
        return ConnectionEvent.None;
    }

    /// <inheritdoc/>
    public void HearLater(bool later) => _hearsLater = later;

    /// <inheritdoc/>
    public bool Hear(IMessageListener listener)
    {
        _heardBytes = 0;
        while (_heard.TryDequeue(out var line))
        {
            listener.OnMessage(line.AsSpan(0, line.Length - 1), _heard.TryPeek(out var next) ? next : []);
        }

        return true;
    }

    /// <inheritdoc/>
    public void AwaitRoom() => _awaitsRoom |= Media.WaitingSince is not null;

    /// <inheritdoc/>
    public bool Send(ReadOnlyMemory<byte> line)
    {
        flow.Send(line, time.Now);
        return true;
    }

    public void Dispose()
    {
        // There are no sockets.
    }
}

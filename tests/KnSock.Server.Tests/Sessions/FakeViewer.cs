using KnSock.Protocol.Messages;
using KnSock.Server.Access;
using KnSock.Server.Loops;
using KnSock.Server.Sessions;

namespace KnSock.Server.Tests.Sessions;

/// <summary>A viewer without sockets: what it says is there when the session looks, what it is told is kept.</summary>
internal sealed class FakeViewer(ServerClock? clock = null, bool sharedAudio = false) : IViewerConnection
{
    private readonly Queue<byte[]> _said = new();
    private readonly List<ControlMessage> _heard = [];

    public FakeMediaConnection VideoFrames { get; } = new(clock);

    public FakeMediaConnection AudioFrames { get; } = new(clock);

    /// <summary>It does not read its messages any more.</summary>
    public bool IsDeaf { get; set; }

    /// <summary>Its connections have room again.</summary>
    public bool HasRoom { get; set; }

    public bool HasLeft { get; private set; }

    public bool IsDisposed { get; private set; }

    /// <summary>How often the session asked to be told of room.</summary>
    public int Awaited { get; private set; }

    public bool HasSomethingToSay => _said.Count > 0 || HasLeft || HasRoom;

    public string Peer => "test";

    public string Client => "test";

    public bool MaySeeOthers { get; set; }

    public Admission? Admission { get; init; }

    public bool IsBehind { get; set; }

    public IMediaConnection Video => VideoFrames;

    public IMediaConnection? Audio => sharedAudio ? null : AudioFrames;

    public IReadOnlyList<ControlMessage> Heard => _heard;

    public void Say(ControlMessage message) => _said.Enqueue(MessageJson.WriteLine(message)[..^1]);

    public void Leave() => HasLeft = true;

    public void Open<TSession>(SenderLoop loop, TSession session)
        where TSession : LoopMember, IMessageListener
    {
    }

    public ConnectionEvent OnReady(int tag, Interest ready, IMessageListener listener)
    {
        if (HasRoom)
        {
            HasRoom = false;
            return ConnectionEvent.Writable;
        }

        return Hear(listener) ? ConnectionEvent.None : ConnectionEvent.Closed;
    }

    /// <summary>It may be heard later.</summary>
    public bool IsHeardLater { get; private set; }

    public void HearLater(bool later) => IsHeardLater = later;

    public bool Hear(IMessageListener listener)
    {
        while (_said.TryDequeue(out var line))
        {
            listener.OnMessage(line, _said.TryPeek(out var next) ? [.. next, (byte)'\n'] : []);
        }

        return !HasLeft;
    }

    public void AwaitRoom() => Awaited++;

    public bool Send(ReadOnlyMemory<byte> line)
    {
        Assert.False(IsDisposed);
        for (var rest = line; rest.Span.IndexOf((byte)'\n') is >= 0 and var end; rest = rest[(end + 1)..])
        {
            _heard.Add(MessageJson.ReadControl(rest.Span[..end])!);
        }

        return !IsDeaf;
    }

    public void Dispose() => IsDisposed = true;
}

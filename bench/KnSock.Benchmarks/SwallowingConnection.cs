using KnSock.Server.Adaptation;
using KnSock.Server.Loops;
using KnSock.Server.Sessions;

namespace KnSock.Benchmarks;

/// <summary>A viewer that takes everything at once.</summary>
internal sealed class SwallowingConnection : IMediaConnection, IViewerConnection
{
    private long _written;

    public TimeSpan? WaitingSince => null;

    public string Peer => "nobody";

    public string Client => "benchmark";

    public IMediaConnection Video => this;

    public IMediaConnection? Audio => null;

    public long Writes { get; private set; }

    public int Write(Segments segments)
    {
        _written += segments.Length;
        Writes++;
        return segments.Length;
    }

    public int Write(ReadOnlySpan<byte> bytes)
    {
        _written += bytes.Length;
        Writes++;
        return bytes.Length;
    }

    public void AllowMore(bool more)
    {
    }

    public LinkSample Sample(TimeSpan now) => new(_written, IsBacklogged: false);

    public void Open<TSession>(SenderLoop loop, TSession session)
        where TSession : LoopMember, IMessageListener
    {
    }

    /// <summary>What the viewer says next.</summary>
    public ReadOnlyMemory<byte> Line { get; set; }

    public ConnectionEvent OnReady(int tag, Interest ready, IMessageListener listener)
    {
        listener.OnMessage(Line.Span, behind: []);
        return ConnectionEvent.None;
    }

    public void HearLater(bool later)
    {
    }

    public bool Hear(IMessageListener listener) => true;

    public void AwaitRoom()
    {
    }

    public bool Send(ReadOnlyMemory<byte> line) => true;

    public void Dispose()
    {
    }
}

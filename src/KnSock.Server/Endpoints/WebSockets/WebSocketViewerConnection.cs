using KnSock.Server.Access;
using KnSock.Server.Loops;
using KnSock.Server.Sessions;

namespace KnSock.Server.Endpoints.WebSockets;

/// <summary>A viewer on a WebSocket: one stream of frames to it, messages from it.</summary>
internal sealed class WebSocketViewerConnection(IOutlet outlet, MessageStream stream, MessageInbox inbox, WebSocketPeer peer) : IViewerConnection
{
    private const int OutletTag = 0;
    private const int InboxTag = 1;

    /// <summary>What a close frame may say (RFC 6455, 5.5).</summary>
    private const int LongestReason = 123;

    private const int NormalClosure = 1000;
    private const int GoingAway = 1001;
    private const int PolicyViolation = 1008;
    private const int MessageTooBig = 1009;

    private SenderLoop? _loop;
    private LoopMember? _session;
    private bool _hearsLater;

    /// <inheritdoc/>
    public string Peer => peer.Name;

    /// <inheritdoc/>
    public string Client => peer.Client;

    /// <inheritdoc/>
    public string Transport => "websocket";

    /// <inheritdoc/>
    public bool MaySeeOthers => peer.MaySeeOthers;

    /// <inheritdoc/>
    public Admission? Admission => peer.Admission;

    /// <inheritdoc/>
    public bool IsBehind => stream.IsBlocked;

    /// <inheritdoc/>
    public IMediaConnection Video => stream;

    /// <inheritdoc/>
    public IMediaConnection? Audio => null;

    /// <inheritdoc/>
    public void Open<TSession>(SenderLoop loop, TSession session)
        where TSession : LoopMember, IMessageListener
    {
        (_loop, _session) = (loop, session);
        outlet.Open(loop, session, OutletTag);
        inbox.Open(Tell);
    }

    /// <inheritdoc/>
    public ConnectionEvent OnReady(int tag, Interest ready, IMessageListener listener)
    {
        if (tag == InboxTag)
        {
            var isOpen = inbox.Hear(listener);
            // A ping may have come.
            stream.TrySendWaiting();
            return isOpen ? ConnectionEvent.None : ConnectionEvent.Closed;
        }

        if (ready.HasFlag(Interest.Ended))
        {
            return ConnectionEvent.Closed;
        }

        outlet.NoteRoom();
        AwaitRoomForMessages();
        return ConnectionEvent.Writable;
    }

    /// <inheritdoc/>
    public void HearLater(bool later)
    {
        if (later != _hearsLater)
        {
            _hearsLater = later;
            inbox.HearsLater = !outlet.TryReadLater(later) && later;
        }
    }

    /// <inheritdoc/>
    /// <remarks>What lies in the kernel is read now, and heard as soon as it is.</remarks>
    public bool Hear(IMessageListener listener)
    {
        HearLater(later: false);
        return inbox.Hear(listener);
    }

    /// <inheritdoc/>
    public void AwaitRoom() => outlet.AwaitRoom();

    /// <inheritdoc/>
    public bool Send(ReadOnlyMemory<byte> line)
    {
        var isRead = true;
        // Several may come at once, a line each.
        for (var rest = line.Span; !rest.IsEmpty;)
        {
            var end = rest.IndexOf((byte)'\n');
            isRead = stream.Send(rest[..end]);
            rest = rest[(end + 1)..];
        }

        AwaitRoomForMessages();
        return isRead;
    }

    /// <inheritdoc/>
    public void NoteEnd(string reason, bool isServerStopping)
    {
        var words = System.Text.Encoding.UTF8.GetBytes(reason);
        try
        {
            var code = isServerStopping ? GoingAway : inbox.IsTooLong ? MessageTooBig : reason == TokenCheck.Expired ? PolicyViolation : NormalClosure;
            stream.Close(code, words.Length <= LongestReason ? words : []);
        }
        catch (IOException)
        {
            // There is nobody to be told.
        }
    }

    public void Dispose()
    {
        stream.Abandon();
        outlet.Dispose();
    }

    /// <summary>A message, or the answer to a ping, has come in. From any thread.</summary>
    public void Tell() => _loop?.Tell(_session!, InboxTag, Interest.Read);

    private void AwaitRoomForMessages()
    {
        if (!stream.TrySendWaiting())
        {
            outlet.AwaitRoom();
        }
    }
}

/// <summary>Who is at the other end of a WebSocket.</summary>
/// <param name="Name">Its address, for the log.</param>
/// <param name="Client">Name of its program, as it says; without control characters.</param>
/// <param name="MaySeeOthers">It is an administrator, and is answered why viewers are sent what they are sent.</param>
/// <param name="Admission">What its viewer token opens. Null: everything.</param>
internal sealed record WebSocketPeer(string Name, string Client, bool MaySeeOthers, Admission? Admission);

using KnSock.Server.Access;
using KnSock.Server.Loops;

namespace KnSock.Server.Sessions;

/// <summary>What ties a session to its viewer, whatever the transport: streams of frames and an exchange of messages. Used on the session's loop only.</summary>
internal interface IViewerConnection : IDisposable
{
    /// <summary>Address of the viewer, for the log.</summary>
    string Peer { get; }

    /// <summary>Name of the viewer's program, as it says. Without control characters.</summary>
    string Client { get; }

    /// <summary>What carries it, in a word.</summary>
    string Transport => "tcp";

    /// <summary>Frames of the picture, and of the sound where there is no connection of its own for it.</summary>
    IMediaConnection Video { get; }

    /// <summary>Frames of the sound. Null: they go where those of the picture go.</summary>
    IMediaConnection? Audio { get; }

    /// <summary>It may be told of other viewers: a program on the server's own machine, as far as can be seen, or an administrator.</summary>
    bool MaySeeOthers => false;

    /// <summary>What its viewer token opens, and until when. Null: everything, for good.</summary>
    Admission? Admission => null;

    /// <summary>Messages wait for room: the viewer takes them more slowly than they come.</summary>
    bool IsBehind => false;

    /// <summary>From now on the session is told what happens on the connection, and at once what messages have come already.</summary>
    void Open<TSession>(SenderLoop loop, TSession session)
        where TSession : LoopMember, IMessageListener;

    /// <summary>Something has happened: takes note of it.</summary>
    /// <param name="tag">The number that the connection had the socket watched under.</param>
    /// <param name="ready">What happened.</param>
    /// <param name="listener">Hears the messages that have come.</param>
    /// <returns>What the session is to do.</returns>
    /// <exception cref="Protocol.ProtocolException">What arrived are no messages; the connection is of no more use.</exception>
    ConnectionEvent OnReady(int tag, Interest ready, IMessageListener listener);

    /// <summary>
    /// Whether messages may be heard later: when <see cref="Protocol.ProtocolLimits.HeardAtOnce"/> bytes have come, or when <see cref="Hear"/> is called. Each look costs.
    /// </summary>
    void HearLater(bool later);

    /// <summary>Gives out the messages that have come.</summary>
    /// <returns>False if the viewer is gone.</returns>
    /// <exception cref="Protocol.ProtocolException">What arrived are no messages; the connection is of no more use.</exception>
    bool Hear(IMessageListener listener);

    /// <summary>Has the session told when there is room again on those connections for media that had none.</summary>
    void AwaitRoom();

    /// <summary>The session ends; the viewer may be told why before the connection is closed.</summary>
    /// <param name="reason">Why, in words.</param>
    /// <param name="isServerStopping">The server ends, not this session alone.</param>
    void NoteEnd(string reason, bool isServerStopping)
    {
    }

    /// <summary>Sends a message, or keeps it until there is room.</summary>
    /// <param name="line">The message with its end.</param>
    /// <returns>False if too much is waiting already.</returns>
    /// <exception cref="IOException">The viewer is gone.</exception>
    bool Send(ReadOnlyMemory<byte> line);
}

/// <summary>Hears messages as they come.</summary>
internal interface IMessageListener
{
    /// <summary>A message has come.</summary>
    /// <param name="line">It, without its end; valid during the call.</param>
    /// <param name="behind">What has come with it behind it: the next message, if its end has come, too.</param>
    void OnMessage(ReadOnlySpan<byte> line, ReadOnlySpan<byte> behind);
}

/// <summary>What came of what happened on a connection.</summary>
internal enum ConnectionEvent
{
    /// <summary>Messages, or nothing.</summary>
    None,

    /// <summary>There is room to send media again.</summary>
    Writable,

    /// <summary>The viewer closed a connection in good order, or its link broke.</summary>
    Closed,
}

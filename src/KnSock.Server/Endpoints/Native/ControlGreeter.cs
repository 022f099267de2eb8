using KnSock.Protocol;
using KnSock.Protocol.Legacy;
using KnSock.Protocol.Messages;
using KnSock.Server.Access;
using KnSock.Server.Loops;
using KnSock.Server.Sessions;

namespace KnSock.Server.Endpoints.Native;

/// <summary>A control connection that has not said yet whose it is.</summary>
internal sealed class ControlGreeter : LoopMember, IMessageListener
{
    private readonly IncomingConnection _incoming;
    private readonly ControlConnection _connection;
    private readonly SenderLoop _loop;
    private readonly TimeSpan _deadline;
    private readonly NativeHandshake _handshake;
    private readonly Action<ControlConnection, IReadOnlyList<byte[]>>? _toLegacy;
    private readonly Action<string> _refused;
    private readonly List<byte[]> _early = [];
    private Hello? _hello;
    private int _key = -1;
    private bool _isLegacy;
    private bool _isOver;

    /// <summary>Waits for the first line from when the loop takes it on.</summary>
    /// <param name="incoming">The connection; this object's until it is tied to a viewer.</param>
    /// <param name="loop">Where it lives, and later the viewer's session.</param>
    /// <param name="deadline">When it has to have said who it is, on the server's clock.</param>
    /// <param name="handshake">Knows the viewers that are expected.</param>
    /// <param name="toLegacy">Takes it over, with its place and the lines that have come, if it speaks as a kn-sock client does. Null: those are not served.</param>
    /// <param name="refused">Is told why, if it is closed.</param>
    /// <param name="waiting">Keeps account of what all sessions keep.</param>
    public ControlGreeter(
        IncomingConnection incoming,
        SenderLoop loop,
        TimeSpan deadline,
        NativeHandshake handshake,
        Action<ControlConnection, IReadOnlyList<byte[]>>? toLegacy,
        Action<string> refused,
        WaitingBytes? waiting)
    {
        (_incoming, _connection, _loop, _deadline, _handshake, _toLegacy, _refused) = (incoming, incoming.ForMessages(waiting), loop, deadline, handshake, toLegacy, refused);
    }

    /// <inheritdoc/>
    public override TimeSpan Run(TimeSpan now)
    {
        if (_isOver)
        {
            return Never;
        }

        if (_key < 0)
        {
            _key = _loop.Watch(_connection.Socket, this, tag: 0, Interest.Read);
            if (_incoming.Tls is not null)
            {
                // What came with the end of the handshake is out of the kernel already, which tells of nothing then.
                OnReady(tag: 0, Interest.Read, now);
            }
        }

        if (!_isOver && now >= _deadline)
        {
            Refuse("it did not say who it is in time");
        }

        return _isOver ? Never : _deadline;
    }

    /// <inheritdoc/>
    public override bool OnReady(int tag, Interest ready, TimeSpan now)
    {
        try
        {
            if (!_connection.Receive(_loop.Scratch, this))
            {
                Refuse("it left without a word");
            }
            else if (_hello is { } hello)
            {
                Attach(hello);
            }
            else if (_isLegacy)
            {
                // Whose it is shows only when somebody wants it; until then it has its place among those that have not said who they are.
                Leave(keepsPlace: true);
                _toLegacy!(_connection, _early);
            }
        }
        catch (Exception e) when (e is ProtocolException or IOException)
        {
            Refuse(DisplayText.Clean(e.Message));
        }

        return false;
    }

    /// <inheritdoc/>
    public override void End(Exception? fault) => Refuse(fault?.Message ?? "the server stops");

    /// <inheritdoc/>
    public void OnMessage(ReadOnlySpan<byte> line, ReadOnlySpan<byte> behind)
    {
        _isLegacy |= _hello is null && _toLegacy is not null && LegacyFeedback.IsOne(line);
        if (_hello is not null || _isLegacy)
        {
            _early.Add(line.ToArray());
            return;
        }

        _hello = MessageJson.ReadControl(line) as Hello ?? throw new ProtocolException(ProtocolErrorCode.Unexpected, "the first message must be hello");
    }

    private void Attach(Hello hello)
    {
        // Before another thread can hand it to its session.
        Leave();
        var admission = _handshake.Admit(hello, out var refusal);
        refusal ??= _handshake.Attach(new ControlPeer(_connection, hello, _loop, _early, admission));
        if (refusal is not null)
        {
            try
            {
                _connection.Send(MessageJson.WriteLine(refusal));
            }
            finally
            {
                _connection.Dispose();
                _refused(refusal.Message);
            }
        }
    }

    private void Refuse(string reason)
    {
        if (!_isOver)
        {
            Leave();
            _connection.Dispose();
            _refused(reason);
        }
    }

    private void Leave(bool keepsPlace = false)
    {
        _isOver = true;
        if (!keepsPlace)
        {
            _incoming.GiveBackPlace();
        }

        if (_key >= 0)
        {
            _loop.Unwatch(_connection.Socket, _key);
        }

        _loop.Remove(this);
    }
}

/// <summary>A control connection after its hello.</summary>
/// <param name="Connection">The connection.</param>
/// <param name="Hello">What it said.</param>
/// <param name="Loop">Where it lives.</param>
/// <param name="Early">Lines that came with the first.</param>
/// <param name="Admission">What its viewer token opens. Null: everything.</param>
internal sealed record ControlPeer(ControlConnection Connection, Hello Hello, SenderLoop Loop, IReadOnlyList<byte[]> Early, Admission? Admission);

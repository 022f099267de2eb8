using System.Net;
using System.Net.Sockets;
using KnSock.Protocol;
using KnSock.Server.Access;
using KnSock.Server.Endpoints.Sockets;
using KnSock.Server.Loops;
using KnSock.Server.Sessions;

namespace KnSock.Server.Endpoints.Native;

/// <summary>A viewer's TCP connections. The viewer is gone as soon as the picture's or the control connection ends.</summary>
internal sealed class NativeViewerConnection : IViewerConnection
{
    private const int ControlTag = 0;
    private const int VideoTag = 1;
    private const int AudioTag = 2;

    private readonly SocketMediaConnection _video;
    private readonly SocketMediaConnection? _audio;
    private readonly ControlConnection _control;
    private readonly IReadOnlyList<byte[]> _early;
    private readonly int[] _keys = [-1, -1, -1];
    private readonly Interest[] _interests = new Interest[3];
    private SenderLoop? _loop;
    private bool _hearsLater;

    /// <summary>Ties the connections together; they are this object's from now on.</summary>
    public NativeViewerConnection(IncomingConnection video, IncomingConnection? audio, ControlPeer control, ServerClock clock)
    {
        (_video, _audio, _control) = (video.ForMedia(clock), audio?.ForMedia(clock), control.Connection);
        _early = control.Early;
        (Peer, Client, Admission) = (video.Peer, DisplayText.Clean(control.Hello.Client ?? "unknown"), control.Admission);
        MaySeeOthers = control.Connection.Socket.RemoteEndPoint is IPEndPoint { Address: var address } && LoopbackAddresses.Contain(address);
    }

    /// <inheritdoc/>
    public string Peer { get; }

    /// <inheritdoc/>
    public string Client { get; }

    /// <inheritdoc/>
    public bool MaySeeOthers { get; }

    /// <inheritdoc/>
    public Admission? Admission { get; }

    /// <inheritdoc/>
    public bool IsBehind => _control.IsBlocked;

    /// <inheritdoc/>
    public IMediaConnection Video => _video;

    /// <inheritdoc/>
    public IMediaConnection? Audio => _audio;

    /// <inheritdoc/>
    public void Open<TSession>(SenderLoop loop, TSession session)
        where TSession : LoopMember, IMessageListener
    {
        _loop = loop;
        // Nobody waits for the acknowledgement of feedback.
        TcpInfo.DelayAcknowledgements(_control.Socket);
        Watch(_control.Socket, session, ControlTag, _control.IsBlocked ? Interest.Read | Interest.Write : Interest.Read);
        // The viewer sends nothing here; what comes nevertheless stays in the kernel.
        Watch(_video.Socket, session, VideoTag, Interest.None);
        if (_audio is not null)
        {
            Watch(_audio.Socket, session, AudioTag, Interest.None);
        }

        foreach (var line in _early)
        {
            session.OnMessage(line, behind: []);
        }
    }

    /// <inheritdoc/>
    public ConnectionEvent OnReady(int tag, Interest ready, IMessageListener listener)
    {
        if (tag == ControlTag)
        {
            return OnControlReady(ready, listener);
        }

        if (ready.HasFlag(Interest.Ended))
        {
            if (tag == VideoTag)
            {
                return ConnectionEvent.Closed;
            }

            // The next write finds out whether it is gone altogether.
            Unwatch(tag);
            return ConnectionEvent.Writable;
        }

        SetInterest(tag, Interest.None);
        (tag == VideoTag ? _video : _audio)?.NoteRoom();
        return ConnectionEvent.Writable;
    }

    /// <inheritdoc/>
    public bool Send(ReadOnlyMemory<byte> line)
    {
        var isTaken = _control.Send(line);
        SetInterest(ControlTag, _control.IsBlocked ? Interest.Read | Interest.Write : Interest.Read);
        return isTaken;
    }

    /// <inheritdoc/>
    public void HearLater(bool later)
    {
        if (later != _hearsLater)
        {
            _hearsLater = later;
            TcpInfo.ReportReadableFrom(_control.Socket, later ? ProtocolLimits.HeardAtOnce : 1);
        }
    }

    /// <inheritdoc/>
    public bool Hear(IMessageListener listener) => _control.Receive(_loop!.Scratch, listener);

    /// <inheritdoc/>
    public void AwaitRoom()
    {
        Await(VideoTag, _video);
        Await(AudioTag, _audio);
    }

    public void Dispose()
    {
        for (var tag = 0; tag < _keys.Length; tag++)
        {
            Unwatch(tag);
        }

        _video.Dispose();
        _audio?.Dispose();
        _control.Dispose();
    }

    private ConnectionEvent OnControlReady(Interest ready, IMessageListener listener)
    {
        if (ready.HasFlag(Interest.Write))
        {
            _control.SendWaiting();
            SetInterest(ControlTag, _control.IsBlocked ? Interest.Read | Interest.Write : Interest.Read);
        }

        return (ready & (Interest.Read | Interest.Ended)) != Interest.None && !_control.Receive(_loop!.Scratch, listener) ? ConnectionEvent.Closed : ConnectionEvent.None;
    }

    private void Await(int tag, SocketMediaConnection? connection)
    {
        if (connection?.WaitingSince is not null)
        {
            SetInterest(tag, Interest.Write);
        }
    }

    private Socket? SocketOf(int tag) => tag switch
    {
        ControlTag => _control.Socket,
        VideoTag => _video.Socket,
        _ => _audio?.Socket,
    };

    private void Watch(Socket socket, LoopMember session, int tag, Interest interest)
    {
        _interests[tag] = interest;
        _keys[tag] = _loop!.Watch(socket, session, tag, interest);
    }

    private void SetInterest(int tag, Interest interest)
    {
        if (_keys[tag] >= 0 && _interests[tag] != interest)
        {
            _interests[tag] = interest;
            _loop!.Change(SocketOf(tag)!, _keys[tag], interest);
        }
    }

    private void Unwatch(int tag)
    {
        if (_keys[tag] >= 0)
        {
            _loop!.Unwatch(SocketOf(tag)!, _keys[tag]);
            _keys[tag] = -1;
        }
    }
}

using System.Net.Sockets;
using KnSock.Server.Adaptation;
using KnSock.Server.Endpoints.Native;
using KnSock.Server.Endpoints.Sockets;
using KnSock.Server.Loops;
using KnSock.Server.Sessions;

namespace KnSock.Server.Endpoints.Legacy;

/// <summary>The connections of a kn-sock client: that of the picture from the start, the others when they have come. Used on the session's loop only.</summary>
internal sealed class LegacyConnections(Socket video, SenderLoop loop, LoopMember session, ServerClock clock) : IDisposable
{
    private const int ControlTag = 0;
    private const int VideoTag = 1;
    private const int SoundTag = 2;

    private readonly int[] _keys = [-1, -1, -1];
    private readonly SocketMediaConnection _video = new(video, clock);
    private SocketMediaConnection? _sound;
    private ControlConnection? _control;

    public IMediaConnection Video => _video;

    /// <summary>The sound's. Null: it has none, or none any more.</summary>
    public IMediaConnection? Sound => _sound;

    /// <summary>Since when bytes have been waiting on one of them without any of them being taken. Null: on none.</summary>
    public TimeSpan? WaitingSince => (_video.WaitingSince, _sound?.WaitingSince) switch
    {
        ({ } a, { } b) => a < b ? a : b,
        var (a, b) => a ?? b,
    };

    /// <summary>From now on the session is told what happens.</summary>
    public void Open() => Watch(_video.Socket, VideoTag, Interest.None);

    /// <summary>The sound's connection has come.</summary>
    public void Add(Socket sound)
    {
        _sound = new SocketMediaConnection(sound, clock);
        Watch(sound, SoundTag, Interest.None);
    }

    /// <summary>The control connection has come.</summary>
    public void Add(ControlConnection control)
    {
        _control = control;
        Watch(control.Socket, ControlTag, Interest.Read);
    }

    /// <summary>Bytes of pictures that are on their way.</summary>
    public long PicturesUnderWay() => _video.UnderWay();

    /// <summary>What is seen of the link of all of them.</summary>
    public LinkSample Sample(TimeSpan now) => _video.Sample(now) + (_sound?.Sample(now) ?? default);

    /// <summary>Something has happened.</summary>
    /// <param name="tag">The number that the socket was watched under.</param>
    /// <param name="ready">What happened.</param>
    /// <param name="listener">Hears the lines that have come.</param>
    /// <exception cref="Protocol.ProtocolException">A line is too long.</exception>
    public ConnectionEvent OnReady(int tag, Interest ready, IMessageListener listener)
    {
        switch (tag)
        {
            case ControlTag:
                if (_control?.Receive(loop.Scratch, listener) == false)
                {
                    CloseControl();
                }

                return ConnectionEvent.None;
            case VideoTag when ready.HasFlag(Interest.Ended):
                return ConnectionEvent.Closed;
            case SoundTag when ready.HasFlag(Interest.Ended):
                CloseSound();
                return ConnectionEvent.None;
            default:
                loop.Change(tag == VideoTag ? _video.Socket : _sound!.Socket, _keys[tag], Interest.None);
                (tag == VideoTag ? _video : _sound)?.NoteRoom();
                return ConnectionEvent.Writable;
        }
    }

    /// <summary>Has the session told when there is room again on those that had none.</summary>
    public void AwaitRoom()
    {
        Await(_video, VideoTag);
        Await(_sound, SoundTag);
    }

    /// <summary>The viewer listens no more; the picture goes on.</summary>
    public void CloseSound()
    {
        Unwatch(_sound?.Socket, SoundTag);
        _sound?.Socket.Dispose();
        _sound = null;
    }

    public void Dispose()
    {
        Unwatch(_video.Socket, VideoTag);
        _video.Socket.Dispose();
        CloseSound();
        CloseControl();
    }

    private void CloseControl()
    {
        Unwatch(_control?.Socket, ControlTag);
        _control?.Dispose();
        _control = null;
    }

    private void Await(SocketMediaConnection? connection, int tag)
    {
        if (connection?.WaitingSince is not null)
        {
            loop.Change(connection.Socket, _keys[tag], Interest.Write);
        }
    }

    private void Watch(Socket socket, int tag, Interest interest) => _keys[tag] = loop.Watch(socket, session, tag, interest);

    private void Unwatch(Socket? socket, int tag)
    {
        if (socket is not null && _keys[tag] >= 0)
        {
            loop.Unwatch(socket, _keys[tag]);
            _keys[tag] = -1;
        }
    }
}

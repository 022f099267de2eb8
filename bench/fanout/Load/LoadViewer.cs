using KnSock.Fanout.Framing;
using KnSock.Fanout.Interop;
using KnSock.Protocol;

namespace KnSock.Fanout.Load;

/// <summary>One viewer: makes its connections, selects a channel, reads and verifies what comes, says how it stands. Runs on the thread of its loop.</summary>
/// <param name="loop">Where its sockets are waited for.</param>
/// <param name="slot">Its place there.</param>
/// <param name="role">What it is there for.</param>
/// <param name="channel">What it selects.</param>
internal sealed partial class LoadViewer(LoadLoop loop, int slot, ViewerRole role, int channel)
{
    /// <summary>By what the server's log knows it.</summary>
    public const string ClientName = "knsock bench";

    /// <summary>A slow viewer waits until it may read this much, rather than read byte by byte.</summary>
    private const int LeastSlowRead = 16 * 1024;

    private const int TurnsPerPing = 50;
    private const int TurnsPerFirstPing = 10;
    private const int FirstPings = 5;
    private const double MicrosecondsPerSecond = 1e6;

    private readonly MediaReceiver _media = new((long)loop.Target.TargetDelay.TotalMicroseconds, (long)(loop.Target.LoopLength?.TotalMicroseconds ?? 0));
    private LoadTransport? _transport;
    private bool _hasSelected;
    private bool _isHeld;
    private long _startedAt;
    private long _bytesBefore;
    private long _allowedFrom;
    private int _turns;

    /// <summary>What it is there for.</summary>
    public ViewerRole Role => role;

    /// <summary>What it made of the frames.</summary>
    public MediaReceiver Media => _media;

    /// <summary>Whether it does not always read: then the kernel is not to do that for it.</summary>
    public bool Hesitates => role is ViewerRole.Slow or ViewerRole.Stuck;

    /// <summary>Bytes received of frames.</summary>
    public long Bytes { get; private set; }

    /// <summary>Bytes since <see cref="Begin"/>.</summary>
    public long BytesMeasured => Bytes - _bytesBefore;

    /// <summary>From connect to the first decodable unit of the picture, microseconds. Null: not yet.</summary>
    public long? JoinTime => _media.JoinedAt - _startedAt;

    /// <summary>Whether it has what it came for: pictures, or the catalog where it only looks.</summary>
    public bool HasJoined => role == ViewerRole.Idle ? IsIdle : _media.JoinedAt is not null;

    /// <summary>When the picture began. Null: not yet.</summary>
    public long? JoinedAt => _media.JoinedAt;

    /// <summary>Why it ended. Null: it runs.</summary>
    public string? Fault { get; private set; }

    /// <summary>The read-ahead that the server granted, seconds.</summary>
    public double? GrantedSeconds { get; private set; }

    /// <summary>What it received, if it keeps that.</summary>
    public ReceivedBytes? Kept { get; set; }

    private bool IsIdle { get; set; }

    /// <summary>Begins to connect.</summary>
    public void Start(long now)
    {
        _startedAt = now;
        _transport = LoadTransport.To(loop.Target, loop, slot, this);
        _transport.Start();
    }

    /// <summary>One of its sockets is ready.</summary>
    /// <exception cref="ProtocolException">The server did what it may not.</exception>
    public void OnReady(ConnectionKind kind, Span<byte> buffer) => _transport!.OnReady(kind, buffer);

    /// <summary>What of a buffer may be filled with frames now. Nothing: it waits for its turn.</summary>
    public Span<byte> Allotted(Span<byte> buffer)
    {
        if (role != ViewerRole.Slow || _media.JoinedAt is null)
        {
            return buffer;
        }

        var allowed = Allowed(loop.Now);
        if (allowed < LeastSlowRead)
        {
            _transport!.SetReading(isReading: false);
            return [];
        }

        return buffer[..(int)Math.Min(buffer.Length, allowed)];
    }

    /// <summary>Counts what came, and keeps it if it is to be kept.</summary>
    public void NoteBytes(bool isVideo, ReadOnlySpan<byte> bytes)
    {
        Bytes += bytes.Length;
        Kept?.Add(isVideo, bytes);
    }

    /// <summary>Comes ten times a second: says how it stands.</summary>
    public void OnTurn(long now)
    {
        if (_transport is not { IsOpen: true } || Fault is not null)
        {
            return;
        }

        Span<byte> line = stackalloc byte[FeedbackLine.Size];
        if (_hasSelected && _media.JoinedAt is not null)
        {
            _media.Playout.Advance(now);
            _ = _transport.TrySend(line[..FeedbackLine.Write(line, _media.Playout, Bytes)]);
        }

        // As the real client: each second at first, later every five.
        if (_turns++ % (_turns <= FirstPings * TurnsPerFirstPing ? TurnsPerFirstPing : TurnsPerPing) == 0)
        {
            _ = _transport.TrySend(line[..FeedbackLine.WritePing(line, _turns)]);
        }

        if (role == ViewerRole.Slow && !_isHeld && Allowed(now) >= LeastSlowRead)
        {
            _transport.SetReading(isReading: true);
        }
    }

    /// <summary>From here on figures count.</summary>
    public void Begin(long now)
    {
        _bytesBefore = Bytes;
        _media.Begin(now);
    }

    /// <summary>Reads nothing any more, or reads again.</summary>
    public void Hold(bool isHeld)
    {
        _isHeld = isHeld;
        _transport!.SetReading(!isHeld);
    }

    /// <summary>Leaves.</summary>
    /// <param name="fault">Why. Null: it was told to.</param>
    public void End(string? fault)
    {
        Fault ??= fault;
        _transport?.End();
    }

    /// <summary>Bytes that a slow viewer may read by now.</summary>
    private long Allowed(long now)
    {
        if (_allowedFrom == 0)
        {
            _allowedFrom = Bytes;
        }

        var seconds = (now - (_media.JoinedAt ?? now)) / MicrosecondsPerSecond;
        return (long)(seconds * loop.HalfRateOf(channel)) - (Bytes - _allowedFrom);
    }
}

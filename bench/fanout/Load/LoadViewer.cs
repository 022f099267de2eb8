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
    /// <summary>Small enough for a viewer that does not read to be felt by the server.</summary>
    private const int HesitantReceiveBuffer = 64 * 1024;

    /// <summary>A slow viewer waits until it may read this much, rather than read byte by byte.</summary>
    private const int LeastSlowRead = 16 * 1024;

    private const int TurnsPerPing = 50;
    private const int TurnsPerFirstPing = 10;
    private const int FirstPings = 5;
    private const double MicrosecondsPerSecond = 1e6;

    private readonly MediaReceiver _media = new((long)loop.Target.TargetDelay.TotalMicroseconds, (long)(loop.Target.LoopLength?.TotalMicroseconds ?? 0));
    private readonly PartialLine _greeting = new();
    private readonly PartialLine _messages = new();
    private ViewerConnection? _video;
    private ViewerConnection? _audio;
    private ViewerConnection? _control;
    private bool _isGreeted;
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

    /// <summary>Bytes received on video and audio.</summary>
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
        _isGreeted = loop.Target.LoopLength is not null;
        _video = Connect(ConnectionKind.Video, loop.Target.Server.Port, _isGreeted ? ConnectionTracks.Shared : ConnectionTracks.Picture);
    }

    /// <summary>One of its sockets is ready.</summary>
    /// <exception cref="ProtocolException">The server did what it may not.</exception>
    public void OnReady(ConnectionKind kind, Span<byte> buffer)
    {
        var connection = kind switch { ConnectionKind.Video => _video, ConnectionKind.Audio => _audio, _ => _control };
        if (connection is null || !IsConnected(connection))
        {
            return;
        }

        if (kind == ConnectionKind.Control)
        {
            ReadControl(connection, buffer);
        }
        else
        {
            ReadMedia(connection, buffer);
        }
    }

    /// <summary>Comes ten times a second: says how it stands.</summary>
    public void OnTurn(long now)
    {
        if (_control is not { IsConnected: true } || Fault is not null)
        {
            return;
        }

        Span<byte> line = stackalloc byte[FeedbackLine.Size];
        if (_hasSelected && _media.JoinedAt is not null)
        {
            _media.Playout.Advance(now);
            _ = _control.Socket.Send(line[..FeedbackLine.Write(line, _media.Playout, Bytes)]);
        }

        // As the real client: each second at first, later every five.
        if (_turns++ % (_turns <= FirstPings * TurnsPerFirstPing ? TurnsPerFirstPing : TurnsPerPing) == 0)
        {
            _ = _control.Socket.Send(line[..FeedbackLine.WritePing(line, _turns)]);
        }

        if (role == ViewerRole.Slow && !_isHeld && Allowed(now) >= LeastSlowRead)
        {
            SetReading(isReading: true);
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
        SetReading(!isHeld);
    }

    /// <summary>Leaves.</summary>
    /// <param name="fault">Why. Null: it was told to.</param>
    public void End(string? fault)
    {
        Fault ??= fault;
        foreach (var connection in (ViewerConnection?[])[_video, _audio, _control])
        {
            connection?.Socket.Dispose();
        }

        (_video, _audio, _control) = (null, null, null);
    }

    private void ReadMedia(ViewerConnection connection, Span<byte> buffer)
    {
        var isSlow = role == ViewerRole.Slow && _media.JoinedAt is not null;
        if (isSlow && Allowed(loop.Now) is var allowed)
        {
            if (allowed < LeastSlowRead)
            {
                SetReading(isReading: false);
                return;
            }

            buffer = buffer[..(int)Math.Min(buffer.Length, allowed)];
        }

        var count = connection.Socket.Receive(buffer);
        if (count <= 0)
        {
            ThrowIfClosed(count, connection == _video ? "video" : "audio");
            return;
        }

        // Asked again for each read: with a thousand sockets ready at once the last one is read much later than the first.
        var now = Clock.Now;
        Bytes += count;
        Kept?.Add(connection == _video, buffer[..count]);
        ReadOnlySpan<byte> bytes = buffer[..count];
        if (!_isGreeted && !TakeGreeting(ref bytes))
        {
            return;
        }

        while (bytes.Length > 0 && connection.Verifier.TryRead(ref bytes, out var frame))
        {
            _media.Take(frame, now);
        }
    }

    private void ReadControl(ViewerConnection connection, Span<byte> buffer)
    {
        var count = connection.Socket.Receive(buffer);
        if (count <= 0)
        {
            ThrowIfClosed(count, "control");
            return;
        }

        ReadOnlySpan<byte> bytes = buffer[..count];
        while (_messages.TryTake(ref bytes, out var line))
        {
            TakeMessage(line);
        }
    }

    private static void ThrowIfClosed(int count, string connection)
    {
        if (count != NativeSocket.WouldBlock)
        {
            throw new ProtocolException(ProtocolErrorCode.Unexpected, $"the server closed the {connection} connection");
        }
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

    private void SetReading(bool isReading)
    {
        foreach (var connection in (ViewerConnection?[])[_video, _audio])
        {
            if (connection is { IsConnected: true })
            {
                loop.Poller.Change(connection.Socket, isReading ? Readiness.Readable : Readiness.None, connection.Key);
            }
        }
    }
}

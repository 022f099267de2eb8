using System.Buffers.Binary;
using KnSock.Protocol;
using KnSock.Server.Access;
using KnSock.Server.Adaptation;
using KnSock.Server.Loops;
using KnSock.Server.Sessions;

namespace KnSock.Server.Endpoints.WebSockets;

/// <summary>
/// The one stream of frames that goes to a viewer over a WebSocket (RFC 6455): those of the media, and between them those of messages. It is cut into binary messages as it comes;
/// where one ends says nothing, so that what was announced and not taken is filled by whatever comes next.
/// </summary>
/// <param name="outlet">What it goes out through.</param>
/// <param name="allWaiting">Keeps account of what all sessions keep. Null: nobody does.</param>
internal sealed class MessageStream(IOutlet outlet, WaitingBytes? allWaiting = null) : IMediaConnection
{
    /// <summary>A viewer for which more than this is waiting does not read.</summary>
    private const int MostWaiting = 256 * 1024;

    /// <summary>
    /// The most content of one message. A browser gives a page no part of a message before the whole has come, so that on a slow link one of seconds of media would hold up what is
    /// complete in it, and the viewer's word of how it stands with it.
    /// </summary>
    private const int UsualLongest = 32 * 1024;

    /// <summary>The same for a viewer with seconds in its buffer: each message is a call.</summary>
    private const int LongestOfPatient = 1024 * 1024;

    private const int LongestHeader = 10;
    private const byte WholeBinary = 0x82;
    private const byte WholeClose = 0x88;

    [ThreadStatic]
    private static byte[]? _scratch;

    private readonly Segments _pieces = new();
    private readonly byte[] _header = new byte[LongestHeader];
    private readonly Queue<ReadOnlyMemory<byte>> _messages = new();
    private byte[]? _pong;
    private ReadOnlyMemory<byte> _begun;
    private int _waitingBytes;
    private int _longest = UsualLongest;
    private int _announced;
    private int _cut;

    /// <summary>Messages wait for room.</summary>
    public bool IsBlocked => _waitingBytes > 0 || !_begun.IsEmpty;

    /// <inheritdoc/>
    public TimeSpan? WaitingSince => outlet.WaitingSince;

    /// <inheritdoc/>
    public LinkSample Sample(TimeSpan now) => outlet.Sample(now);

    /// <inheritdoc/>
    public void AllowMore(bool more)
    {
        _longest = more ? LongestOfPatient : UsualLongest;
        outlet.AllowMore(more);
    }

    /// <inheritdoc/>
    public void NoteCut(int rest) => _cut = rest;

    /// <summary>Sends a message behind the frame that was begun, or keeps it until there is room.</summary>
    /// <param name="json">It, without the end of its line.</param>
    /// <returns>False if too much is waiting already.</returns>
    /// <exception cref="IOException">The viewer is gone.</exception>
    public bool Send(ReadOnlySpan<byte> json)
    {
        var isRead = _waitingBytes + _begun.Length <= MostWaiting && (_waitingBytes == 0 || allWaiting?.IsFull != true);
        var frame = FrameWriter.Message(json);
        _messages.Enqueue(frame);
        Count(frame.Length);
        TrySendWaiting();
        return isRead;
    }

    /// <summary>Answers a ping as soon as a message ends; of several only the last (RFC 6455, 5.5.3). From any thread.</summary>
    /// <param name="frame">The answer with its header.</param>
    public void Answer(byte[] frame) => Volatile.Write(ref _pong, frame);

    /// <summary>Says that the connection is closed and why, if that can be said at once.</summary>
    public void Close(int code, ReadOnlySpan<byte> reason)
    {
        if (TrySendWaiting() && _announced == 0 && _cut == 0)
        {
            outlet.Write([WholeClose, (byte)(2 + reason.Length), (byte)(code >> 8), (byte)code, .. reason]);
        }
    }

    /// <summary>Lets go of the messages that wait; nothing more is sent.</summary>
    public void Abandon()
    {
        _messages.Clear();
        Count(-_waitingBytes);
    }

    /// <summary>All that is sent to one who is not let in: a message, and that the connection is closed and why.</summary>
    public static byte[] Refusal(ReadOnlySpan<byte> json, int code, ReadOnlySpan<byte> reason)
    {
        var frame = FrameWriter.Message(json);
        Span<byte> header = stackalloc byte[LongestHeader];
        header = header[..WriteHeader(header, frame.Length)];
        return [.. header, .. frame, WholeClose, (byte)(2 + reason.Length), (byte)(code >> 8), (byte)code, .. reason];
    }

    /// <inheritdoc/>
    public int Write(Segments segments)
    {
        var taken = 0;
        if (!TrySendWaiting() || (_announced > 0 && !TryFill(segments, ref taken)))
        {
            return taken;
        }

        for (var isRoom = true; isRoom && taken < segments.Length;)
        {
            var length = Math.Min(_longest, segments.Length - taken);
            _pieces.Clear();
            _pieces.Add(_header.AsMemory(0, WriteHeader(_header, length)), 0);
            _pieces.AddFrom(segments, taken, length);
            var sent = Account(outlet.Write(_pieces), length);
            taken += sent;
            isRoom = sent == length;
        }

        return taken;
    }

    /// <inheritdoc/>
    public int Write(ReadOnlySpan<byte> bytes)
    {
        var taken = 0;
        if (!TrySendWaiting())
        {
            return 0;
        }

        if (_announced > 0)
        {
            var wanted = Math.Min(_announced, bytes.Length);
            taken = Advance(outlet.Write(bytes[..wanted]));
            if (taken < wanted || taken == bytes.Length)
            {
                return taken;
            }
        }

        // In one piece: a second one costs more than to copy what is due at the live edge.
        var rest = bytes[taken..];
        var message = Scratch(rest.Length + (LongestHeader * (1 + (rest.Length / _longest))));
        var end = 0;
        for (var at = 0; at < rest.Length; at += _longest)
        {
            var part = rest[at..Math.Min(rest.Length, at + _longest)];
            end += WriteHeader(message[end..], part.Length);
            part.CopyTo(message[end..]);
            end += part.Length;
        }

        return taken + Account(outlet.Write(message[..end]), rest.Length);
    }

    /// <summary>Sends what waits: the rest of what was begun, and messages if no frame of the media was begun.</summary>
    /// <returns>False if some of it waits still.</returns>
    /// <exception cref="IOException">The viewer is gone.</exception>
    public bool TrySendWaiting()
    {
        while (true)
        {
            if (!_begun.IsEmpty)
            {
                _begun = _begun[outlet.Write(_begun.Span)..];
                if (!_begun.IsEmpty)
                {
                    return false;
                }
            }

            if (_announced == 0 && Interlocked.Exchange(ref _pong, null) is { } pong)
            {
                _begun = pong;
            }
            else if (_cut == 0 && _messages.TryDequeue(out var frame))
            {
                Count(-frame.Length);
                Stage(frame);
            }
            else
            {
                return true;
            }
        }
    }

    private void Count(int bytes)
    {
        _waitingBytes += bytes;
        allWaiting?.Add(bytes);
    }

    /// <summary>The bytes of a header for a message of a length.</summary>
    private static int WriteHeader(Span<byte> header, int length)
    {
        header[0] = WholeBinary;
        switch (length)
        {
            case < 126:
                header[1] = (byte)length;
                return 2;
            case <= ushort.MaxValue:
                header[1] = 126;
                BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)length);
                return 4;
            default:
                header[1] = 127;
                BinaryPrimitives.WriteInt64BigEndian(header[2..], length);
                return LongestHeader;
        }
    }

    private static Span<byte> Scratch(int length) =>
        _scratch is { } scratch && scratch.Length >= length ? scratch : _scratch = GC.AllocateUninitializedArray<byte>(2 * length);

    /// <summary>Fills what was announced. False if it took less.</summary>
    private bool TryFill(Segments segments, ref int taken)
    {
        var wanted = Math.Min(_announced, segments.Length);
        _pieces.Clear();
        _pieces.AddFrom(segments, 0, wanted);
        taken = Advance(outlet.Write(_pieces));
        return taken == wanted;
    }

    /// <summary>Notes what was taken of what was announced.</summary>
    private int Advance(int taken)
    {
        _announced -= taken;
        _cut = Math.Max(0, _cut - taken);
        return taken;
    }

    /// <summary>Notes what was taken of messages with their headers.</summary>
    /// <returns>Bytes taken of their content, which is <paramref name="length"/> long.</returns>
    private int Account(int sent, int length)
    {
        var taken = 0;
        Span<byte> header = stackalloc byte[LongestHeader];
        while (sent > 0)
        {
            _announced = Math.Min(_longest, length - taken);
            var headerLength = WriteHeader(header, _announced);
            if (sent < headerLength)
            {
                _begun = header[sent..headerLength].ToArray();
                return taken;
            }

            var content = Math.Min(sent - headerLength, _announced);
            sent -= headerLength + content;
            taken += Advance(content);
        }

        return taken;
    }

    /// <summary>Puts a whole frame into what was announced, and behind it into a message of its own.</summary>
    private void Stage(ReadOnlyMemory<byte> frame)
    {
        var inside = Math.Min(_announced, frame.Length);
        _announced -= inside;
        if (inside == frame.Length)
        {
            _begun = frame;
            return;
        }

        Span<byte> header = stackalloc byte[LongestHeader];
        header = header[..WriteHeader(header, frame.Length - inside)];
        _begun = (byte[])[.. frame.Span[..inside], .. header, .. frame.Span[inside..]];
    }
}

using KnSock.Media;
using KnSock.Protocol;

namespace KnSock.Simulation.Viewers;

/// <summary>The frames of a stream between server and viewer. Bytes of access units are counted and not kept.</summary>
internal sealed class FrameStream
{
    private readonly Queue<PassingFrame> _frames = new();
    private readonly byte[] _header = new byte[FrameHeader.Size];
    private int _headerBytes;
    private FrameHeader _current;
    private byte[] _payload = [];
    private int _payloadLeft;
    private TimeSpan _began;

    /// <summary>Bytes that the server has handed over.</summary>
    public long Bytes { get; private set; }

    /// <summary>Bytes of those without meaning, by which a link is probed.</summary>
    public long PaddingBytes { get; private set; }

    /// <summary>Takes what the server hands over.</summary>
    public void Write(ReadOnlySpan<byte> bytes, TimeSpan now)
    {
        while (!bytes.IsEmpty)
        {
            var taken = _headerBytes < FrameHeader.Size ? TakeHeader(bytes, now) : TakePayload(bytes);
            Bytes += taken;
            bytes = bytes[taken..];
            if (_headerBytes == FrameHeader.Size && _payloadLeft == 0)
            {
                _headerBytes = 0;
                PaddingBytes += _current.Kind == FrameKind.Padding ? FrameHeader.Size + _current.Length : 0;
                _frames.Enqueue(new PassingFrame(_current, _payload, Bytes, _began));
            }
        }
    }

    /// <summary>The next frame, if it has arrived whole.</summary>
    /// <param name="arrived">Bytes of the stream that have arrived.</param>
    /// <param name="frame">The frame.</param>
    public bool TryTake(long arrived, out PassingFrame frame)
    {
        if (_frames.TryPeek(out frame) && frame.End <= arrived)
        {
            _frames.Dequeue();
            return true;
        }

        return false;
    }

    private int TakeHeader(ReadOnlySpan<byte> bytes, TimeSpan now)
    {
        var taken = Math.Min(bytes.Length, FrameHeader.Size - _headerBytes);
        _began = _headerBytes == 0 ? now : _began;
        bytes[..taken].CopyTo(_header.AsSpan(_headerBytes));
        _headerBytes += taken;
        if (_headerBytes == FrameHeader.Size)
        {
            if (!FrameHeader.TryRead(_header, out _current))
            {
                throw new InvalidOperationException("the server sent what is no frame");
            }

            _payloadLeft = _current.Length;
            _payload = _current.Kind is FrameKind.Mark or FrameKind.Configuration ? new byte[_payloadLeft] : [];
        }

        return taken;
    }

    private int TakePayload(ReadOnlySpan<byte> bytes)
    {
        var taken = Math.Min(bytes.Length, _payloadLeft);
        if (_payload.Length > 0)
        {
            bytes[..taken].CopyTo(_payload.AsSpan(_payload.Length - _payloadLeft));
        }

        _payloadLeft -= taken;
        return taken;
    }
}

/// <summary>A frame on its way.</summary>
/// <param name="Header">Its header.</param>
/// <param name="Payload">Its payload; empty for an access unit.</param>
/// <param name="End">Where it ends in the stream.</param>
/// <param name="Began">When its first byte was handed over.</param>
internal readonly record struct PassingFrame(FrameHeader Header, byte[] Payload, long End, TimeSpan Began)
{
    /// <summary>Whether it is one of the picture or of the sound.</summary>
    public TrackKind Kind => Header.Flags.HasFlag(FrameFlags.Audio) ? TrackKind.Audio : TrackKind.Video;
}

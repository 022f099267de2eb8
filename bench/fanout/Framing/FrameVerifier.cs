using System.Buffers;
using KnSock.Media;
using KnSock.Protocol;

namespace KnSock.Fanout.Framing;

/// <summary>Reads the frames of one connection as they come, holds each against its checksums and the rules of order, and keeps none of them.</summary>
/// <remarks>Unlike a player it does not find back after damage: on a whole TCP connection there is none, so the first fault is one of the server.</remarks>
/// <param name="tracks">What may come on the connection.</param>
/// <param name="isLooped">The bytes are those of a <see cref="Recording"/>, over and over.</param>
public sealed class FrameVerifier(ConnectionTracks tracks, bool isLooped = false)
{
    /// <summary>The number of the one selection that a viewer makes.</summary>
    public const uint Selection = 1;

    private readonly TrackOrder _picture = new(TrackKind.Video, isLooped);
    private readonly TrackOrder _sound = new(TrackKind.Audio, isLooped);

    /// <summary>A header that came in pieces, then the start of a payload whose content matters.</summary>
    private readonly byte[] _held = new byte[FrameHeader.Size];

    private ArrayBufferWriter<byte>? _message;
    private int _heldBytes;
    private bool _isInPayload;
    private FrameHeader _header;
    private int _payloadBytes;
    private RunningChecksum _checksum;

    /// <summary>How often the frames of the picture did not continue those before, the start included.</summary>
    public int Discontinuities => _picture.Discontinuities;

    /// <summary>How often a GOP was begun again in another rung.</summary>
    public int GopsBegunAgain => _picture.GopsBegunAgain;

    /// <summary>Of a frame that is a message of the server: what it says, until the next one is read.</summary>
    public ReadOnlySpan<byte> Message => _message is null ? [] : _message.WrittenSpan;

    /// <summary>Reads up to the end of the next frame. False if more bytes are needed; all were taken then.</summary>
    /// <param name="bytes">What came; on return what is behind the frame.</param>
    /// <param name="frame">The frame, if true.</param>
    /// <exception cref="ProtocolException">A frame is damaged, malformed or out of order.</exception>
    public bool TryRead(ref ReadOnlySpan<byte> bytes, out VerifiedFrame frame)
    {
        frame = default;
        if (!_isInPayload && !TryReadHeader(ref bytes))
        {
            return false;
        }

        var piece = bytes[..Math.Min(bytes.Length, _header.Length - _payloadBytes)];
        bytes = bytes[piece.Length..];
        Take(piece);
        if (_payloadBytes < _header.Length)
        {
            return false;
        }

        if (_checksum.Value != _header.PayloadChecksum)
        {
            throw new ProtocolException(ProtocolErrorCode.Malformed, "the checksum of a payload does not hold");
        }

        frame = Accept();
        (_isInPayload, _heldBytes) = (false, 0);
        return true;
    }

    private bool TryReadHeader(ref ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> header;
        if (_heldBytes == 0 && bytes.Length >= FrameHeader.Size)
        {
            header = bytes[..FrameHeader.Size];
            bytes = bytes[FrameHeader.Size..];
        }
        else
        {
            var piece = bytes[..Math.Min(bytes.Length, FrameHeader.Size - _heldBytes)];
            piece.CopyTo(_held.AsSpan(_heldBytes));
            bytes = bytes[piece.Length..];
            _heldBytes += piece.Length;
            header = _held;
            if (_heldBytes < FrameHeader.Size)
            {
                return false;
            }
        }

        if (!FrameHeader.TryRead(header, out _header))
        {
            throw new ProtocolException(ProtocolErrorCode.Malformed, "bytes come where the header of a frame is due");
        }

        (_isInPayload, _payloadBytes, _heldBytes, _checksum) = (true, 0, 0, new RunningChecksum());
        if (_header.Kind == FrameKind.Message)
        {
            BeginMessage();
        }

        return true;
    }

    private void BeginMessage()
    {
        if (!tracks.HasFlag(ConnectionTracks.Messages) || _header.Length > ProtocolLimits.MaxServerLine)
        {
            throw new ProtocolException(ProtocolErrorCode.Unexpected, "a message comes among the frames where there is another connection for it, or it is too long");
        }

        (_message ??= new ArrayBufferWriter<byte>()).ResetWrittenCount();
    }

    private void Take(ReadOnlySpan<byte> piece)
    {
        _checksum.Add(piece);
        if (_header.Kind == FrameKind.Message)
        {
            _message!.Write(piece);
        }

        if (_header.Kind is FrameKind.Mark or FrameKind.Configuration && _payloadBytes < _held.Length)
        {
            piece[..Math.Min(piece.Length, _held.Length - _payloadBytes)].CopyTo(_held.AsSpan(_payloadBytes));
        }

        _payloadBytes += piece.Length;
    }

    private VerifiedFrame Accept()
    {
        var isSound = _header.Flags.HasFlag(FrameFlags.Audio);
        if (_header.Kind is not (FrameKind.Mark or FrameKind.Configuration or FrameKind.AccessUnit))
        {
            return new VerifiedFrame(TrackKind.Video, _header, default);
        }

        if ((tracks & (isSound ? ConnectionTracks.Sound : ConnectionTracks.Picture)) == ConnectionTracks.None)
        {
            throw new ProtocolException(ProtocolErrorCode.Unexpected, $"a frame of the {(isSound ? "sound" : "picture")} comes on the wrong connection");
        }

        var order = isSound ? _sound : _picture;
        switch (_header.Kind)
        {
            case FrameKind.Mark:
                order.TakeMark(_header, Mark.Read(_held.AsSpan(0, Math.Min(_held.Length, _header.Length))));
                break;
            case FrameKind.Configuration:
                order.TakeConfiguration(_header, (TrackKind)_held[0]);
                break;
            default:
                order.TakeUnit(_header);
                break;
        }

        return new VerifiedFrame(isSound ? TrackKind.Audio : TrackKind.Video, _header, order.Mark);
    }
}

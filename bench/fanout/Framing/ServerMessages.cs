using System.Buffers.Binary;
using System.Text;
using KnSock.Protocol;

namespace KnSock.Fanout.Framing;

/// <summary>Takes the content out of the binary messages that come on a WebSocket (RFC 6455, 5.2), however they are split, and keeps none of it.</summary>
public sealed class ServerMessages
{
    private const int ShortHeader = 2;
    private const int LongestHeader = 10;
    private const int LongestOfControl = 125;
    private const byte Final = 0x80;
    private const byte Reserved = 0x70;
    private const byte Masked = 0x80;
    private const byte TwoBytesOfLength = 126;
    private const byte EightBytesOfLength = 127;

    private const int Continuation = 0;
    private const int Binary = 2;
    private const int Close = 8;
    private const int Pong = 10;

    private readonly byte[] _header = new byte[LongestHeader];
    private readonly byte[] _closing = new byte[LongestOfControl];
    private int _headerBytes;
    private int _closingBytes;
    private int _opcode;
    private long _left;
    private bool _isInside;
    private bool _isInMessage;

    /// <summary>Takes the next piece of content. False if more bytes are needed; all were taken then.</summary>
    /// <param name="bytes">What came; on return what is behind the piece.</param>
    /// <param name="content">The piece, if true.</param>
    /// <exception cref="ProtocolException">The server closes, or sends what it may not.</exception>
    public bool TryRead(ref ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> content)
    {
        content = default;
        while (_isInside || TryReadHeader(ref bytes))
        {
            var piece = bytes[..(int)Math.Min(bytes.Length, _left)];
            bytes = bytes[piece.Length..];
            _left -= piece.Length;
            _isInside = _left > 0;
            if (_opcode is Binary or Continuation)
            {
                content = piece;
                if (!piece.IsEmpty)
                {
                    return true;
                }
            }
            else if (_opcode == Close)
            {
                TakeClosing(piece);
            }

            if (_isInside)
            {
                return false;
            }
        }

        return false;
    }

    private bool TryReadHeader(ref ReadOnlySpan<byte> bytes)
    {
        while (_headerBytes < ShortHeader || _headerBytes < SizeOf(_header[1]))
        {
            if (bytes.IsEmpty)
            {
                return false;
            }

            _header[_headerBytes++] = bytes[0];
            bytes = bytes[1..];
        }

        _headerBytes = 0;
        _left = _header[1] switch
        {
            TwoBytesOfLength => BinaryPrimitives.ReadUInt16BigEndian(_header.AsSpan(ShortHeader)),
            EightBytesOfLength => BinaryPrimitives.ReadInt64BigEndian(_header.AsSpan(ShortHeader)),
            var length => length,
        };
        _opcode = _header[0] & ~(Final | Reserved);
        ThrowIf(
            (_header[0] & Reserved) != 0 ? "a message has flags that were not agreed on"
            : (_header[1] & Masked) != 0 ? "a message of the server is masked"
            : _left < 0 ? "a message is longer than there can be"
            : _opcode is not (Binary or Continuation or Close or Pong) ? $"a message is of kind {_opcode}; they are binary here"
            : _opcode is Close or Pong ? (_left > LongestOfControl || (_header[0] & Final) == 0 ? "a message to close is in pieces" : null)
            : _isInMessage != (_opcode == Continuation) ? "a message begins within another"
            : null);
        if (_opcode is Binary or Continuation)
        {
            _isInMessage = (_header[0] & Final) == 0;
        }

        _isInside = true;
        return true;
    }

    private static int SizeOf(byte length) => ShortHeader + length switch { TwoBytesOfLength => sizeof(ushort), EightBytesOfLength => sizeof(long), _ => 0 };

    private void TakeClosing(ReadOnlySpan<byte> piece)
    {
        piece.CopyTo(_closing.AsSpan(_closingBytes));
        _closingBytes += piece.Length;
        if (!_isInside)
        {
            var reason = _closing.AsSpan(0, _closingBytes);
            ThrowIf(reason.Length < 2
                ? "the server closed the WebSocket"
                : $"the server closed the WebSocket: {BinaryPrimitives.ReadUInt16BigEndian(reason)} {Encoding.UTF8.GetString(reason[2..])}");
        }
    }

    private static void ThrowIf(string? fault)
    {
        if (fault is not null)
        {
            throw new ProtocolException(ProtocolErrorCode.Unexpected, fault);
        }
    }
}

using System.Buffers.Binary;

namespace KnSock.Server.Endpoints.WebSockets;

/// <summary>
/// Counts what comes in a stream of WebSocket frames (RFC 6455, 5.2) beside messages: pings, pongs, and frames without content. Nobody else sees these, and each costs as much to read as a message.
/// It goes from header to header; whether the frames are right is for their reader to say.
/// </summary>
internal sealed class ControlFrames
{
    private const int LongestHeader = 14;
    private const byte FirstControl = 8;

    private readonly byte[] _header = new byte[LongestHeader];
    private int _headerLength;
    private ulong _content;

    /// <summary>Takes in what has come.</summary>
    /// <returns>How many such frames began in it.</returns>
    public int Count(ReadOnlySpan<byte> bytes)
    {
        var count = 0;
        while (!bytes.IsEmpty)
        {
            if (_content > 0)
            {
                var passed = (int)Math.Min(_content, (ulong)bytes.Length);
                _content -= (ulong)passed;
                bytes = bytes[passed..];
                continue;
            }

            _header[_headerLength++] = bytes[0];
            bytes = bytes[1..];
            if (_headerLength == HeaderLength)
            {
                _content = ContentLength;
                count += (_header[0] & 0xF) >= FirstControl || _content == 0 ? 1 : 0;
                _headerLength = 0;
            }
        }

        return count;
    }

    /// <summary>Bytes of the header, as far as is known yet; more than have come.</summary>
    private int HeaderLength => _headerLength < 2 ? LongestHeader : 2 + LengthBytes + ((_header[1] & 0x80) != 0 ? 4 : 0);

    private int LengthBytes => (_header[1] & 0x7F) switch { 126 => sizeof(ushort), 127 => sizeof(ulong), _ => 0 };

    private ulong ContentLength => LengthBytes switch
    {
        sizeof(ushort) => BinaryPrimitives.ReadUInt16BigEndian(_header.AsSpan(2)),
        sizeof(ulong) => BinaryPrimitives.ReadUInt64BigEndian(_header.AsSpan(2)),
        _ => (ulong)(_header[1] & 0x7F),
    };
}

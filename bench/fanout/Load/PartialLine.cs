using System.Buffers;
using KnSock.Protocol;

namespace KnSock.Fanout.Load;

/// <summary>Finds lines in bytes as they come; only one that comes in pieces is copied.</summary>
internal sealed class PartialLine
{
    private ArrayBufferWriter<byte>? _held;
    private bool _isTaken;

    /// <summary>Takes the next line. False if more bytes are needed; all were taken then.</summary>
    /// <param name="bytes">What came; on return what is behind the line.</param>
    /// <param name="line">The line without its LF, if true; good until the next call.</param>
    /// <exception cref="ProtocolException">It is longer than a server's may be.</exception>
    public bool TryTake(ref ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> line)
    {
        if (_isTaken)
        {
            _held?.ResetWrittenCount();
            _isTaken = false;
        }

        var end = bytes.IndexOf((byte)'\n');
        var piece = end < 0 ? bytes : bytes[..end];
        bytes = end < 0 ? default : bytes[(end + 1)..];
        var isHeld = _held is { WrittenCount: > 0 };
        if (isHeld || (end < 0 && !piece.IsEmpty))
        {
            (_held ??= new ArrayBufferWriter<byte>()).Write(piece);
            isHeld = true;
        }

        line = isHeld ? _held!.WrittenSpan : piece;
        if (line.Length > ProtocolLimits.MaxServerLine)
        {
            throw new ProtocolException(ProtocolErrorCode.TooLong, "a line is longer than allowed");
        }

        _isTaken = end >= 0;
        return _isTaken;
    }
}

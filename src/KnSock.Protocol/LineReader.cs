using System.Buffers;

namespace KnSock.Protocol;

/// <summary>Finds lines in a stream of bytes. A line ends with LF; a CR before it is not part of the line.</summary>
/// <remarks>One reader serves one connection. It remembers what it has searched, so that a line that comes byte by byte costs no more.</remarks>
/// <param name="maxLength">Longest line that is accepted, bytes without its end (see <see cref="ProtocolLimits"/>).</param>
public sealed class LineReader(int maxLength)
{
    /// <summary>Bytes at the start of the next buffer that hold no LF.</summary>
    private long _searched;

    /// <summary>Reads the next line. False if more bytes are needed.</summary>
    /// <param name="buffer">Received bytes; on return it begins behind the line, or is as it was. The next call must begin with what was left.</param>
    /// <param name="line">The line without its end, if true; a slice of the buffer, valid until that is released.</param>
    /// <exception cref="ProtocolException">The line is longer than the limit, whether or not its end has come.</exception>
    public bool TryReadLine(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> line)
    {
        line = default;
        var unsearched = buffer.Slice(Math.Min(_searched, buffer.Length));
        if (unsearched.PositionOf((byte)'\n') is not { } end)
        {
            _searched = buffer.Length;
            // One byte beyond the limit may still turn out to be the CR of the line's end.
            ThrowIfTooLong(buffer.Length - (EndsWithCarriageReturn(buffer) ? 1 : 0));
            return false;
        }

        line = buffer.Slice(0, end);
        buffer = buffer.Slice(buffer.GetPosition(1, end));
        _searched = 0;
        if (EndsWithCarriageReturn(line))
        {
            line = line.Slice(0, line.Length - 1);
        }

        ThrowIfTooLong(line.Length);
        return true;
    }

    private static bool EndsWithCarriageReturn(in ReadOnlySequence<byte> bytes)
    {
        // The last byte's segment need not be the first of the slice: segments may be empty.
        Span<byte> last = stackalloc byte[1];
        bytes.Slice(Math.Max(0, bytes.Length - 1)).CopyTo(last);
        return last[0] == '\r';
    }

    private void ThrowIfTooLong(long length)
    {
        if (length > maxLength)
        {
            throw new ProtocolException(ProtocolErrorCode.TooLong, $"a line is longer than {maxLength} bytes");
        }
    }
}

using System.Buffers;

namespace KnSock.Protocol;

/// <summary>Finds verified frames in a stream of bytes, and finds back to them after damage.</summary>
/// <remarks>
/// A frame is given out only when both its checksums hold. Where one does not, the reader goes on a byte further and scans for the next magic, so bytes that were lost, added or changed cost the frames they hit and no other. One reader serves one connection.
/// </remarks>
public sealed class FrameReader
{
    private readonly Resynchronisation _damage = new();

    /// <summary>Bytes of payloads whose checksum did not hold, since the last whole frame.</summary>
    private long _refusedBytes;

    private static ReadOnlySpan<byte> MagicBytes => "KNSK"u8;

    /// <summary>Bytes passed over because they did not belong to a whole frame.</summary>
    public long SkippedBytes => _damage.SkippedBytes;

    /// <summary>How often the reader met damage and had to search.</summary>
    public long Resynchronisations => _damage.Count;

    /// <summary>Reads the next frame. False if more bytes are needed.</summary>
    /// <param name="buffer">Received bytes; on return it begins behind what was consumed.</param>
    /// <param name="frame">The frame, if true.</param>
    /// <exception cref="ProtocolException">So many payloads in a row are wrong that it is no damage: see <see cref="ProtocolLimits.MaxRefusedPayload"/>.</exception>
    public bool TryRead(ref ReadOnlySequence<byte> buffer, out Frame frame)
    {
        Span<byte> headerBytes = stackalloc byte[FrameHeader.Size];
        while (_damage.SeekMagic(ref buffer, MagicBytes) && buffer.Length >= FrameHeader.Size)
        {
            buffer.Slice(0, FrameHeader.Size).CopyTo(headerBytes);
            if (FrameHeader.TryRead(headerBytes, out var header))
            {
                var rest = buffer.Slice(FrameHeader.Size);
                if (rest.Length < header.Length)
                {
                    break;
                }

                var payload = rest.Slice(0, header.Length);
                if (FrameHeader.Checksum(payload) == header.PayloadChecksum)
                {
                    buffer = rest.Slice(header.Length);
                    _damage.End();
                    _refusedBytes = 0;
                    frame = new Frame(header, payload);
                    return true;
                }

                Refuse(header.Length);
            }

            // Not by the whole magic: it ends as it begins, so the next may overlap it.
            _damage.Skip(ref buffer, 1);
        }

        frame = default;
        return false;
    }

    /// <summary>Keeps a peer from having one and the same megabyte checksummed for each of thousands of headers that lie in it.</summary>
    private void Refuse(int length)
    {
        _refusedBytes += length;
        if (_refusedBytes > ProtocolLimits.MaxRefusedPayload)
        {
            throw new ProtocolException(ProtocolErrorCode.Malformed, "too many frames in a row are not whole");
        }
    }
}

using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using KnSock.Media;

namespace KnSock.Protocol;

/// <summary>The 44 bytes in front of each payload on the video and audio ports. All numbers are big-endian.</summary>
/// <remarks>
/// <code>
///  0        4     5      6       7           8          12       16    24    32         36           40           44
///  +--------+-----+------+-------+-----------+----------+--------+-----+-----+----------+------------+------------+
///  | "KNSK" | ver | kind | flags | rendition | sequence | length | PTS | DTS | duration | payloadCrc | headerCrc  |
///  +--------+-----+------+-------+-----------+----------+--------+-----+-----+----------+------------+------------+
/// </code>
/// An access unit's frame is the same for every viewer and every turn of the loop: times are positions within the loop, and what differs
/// per viewer stands in the <see cref="Mark"/> before it. The header has a checksum of its own, so a length is believed only when it is whole.
/// </remarks>
public readonly record struct FrameHeader
{
    /// <summary>Size of the header in bytes.</summary>
    public const int Size = 44;

    /// <summary>The first four bytes, "KNSK".</summary>
    public const uint Magic = 0x4B4E534B;

    /// <summary>What the payload is.</summary>
    public required FrameKind Kind { get; init; }

    /// <summary>Flags.</summary>
    public FrameFlags Flags { get; init; }

    /// <summary>Index of the rendition in the channel's ladder.</summary>
    public byte Rendition { get; init; }

    /// <summary>For an access unit its number within the turn; for a mark the number of marks before it on this connection.</summary>
    public uint Sequence { get; init; }

    /// <summary>Bytes of payload, at most <see cref="ProtocolLimits.MaxPayload"/>.</summary>
    public required int Length { get; init; }

    /// <summary>When it is presented, as a position within the loop.</summary>
    public Timestamp Pts { get; init; }

    /// <summary>When it is decoded, as a position within the loop; may be negative.</summary>
    public Timestamp Dts { get; init; }

    /// <summary>For how long it is presented, microseconds.</summary>
    public uint DurationMicroseconds { get; init; }

    /// <summary>CRC-32C of the payload.</summary>
    public required uint PayloadChecksum { get; init; }

    /// <summary>Writes the header with its own checksum.</summary>
    /// <param name="destination">At least <see cref="Size"/> bytes.</param>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt32BigEndian(destination, Magic);
        destination[4] = ProtocolLimits.Version;
        destination[5] = (byte)Kind;
        destination[6] = (byte)Flags;
        destination[7] = Rendition;
        BinaryPrimitives.WriteUInt32BigEndian(destination[8..], Sequence);
        BinaryPrimitives.WriteInt32BigEndian(destination[12..], Length);
        BinaryPrimitives.WriteInt64BigEndian(destination[16..], Pts.Microseconds);
        BinaryPrimitives.WriteInt64BigEndian(destination[24..], Dts.Microseconds);
        BinaryPrimitives.WriteUInt32BigEndian(destination[32..], DurationMicroseconds);
        BinaryPrimitives.WriteUInt32BigEndian(destination[36..], PayloadChecksum);
        BinaryPrimitives.WriteUInt32BigEndian(destination[40..], Checksum(destination[..40]));
    }

    /// <summary>Reads a header. False where the bytes are not a whole, undamaged header of this version with a length within its limit.</summary>
    /// <param name="source">At least <see cref="Size"/> bytes.</param>
    /// <param name="header">The header, if true.</param>
    public static bool TryRead(ReadOnlySpan<byte> source, out FrameHeader header)
    {
        header = default;
        if (source.Length < Size
            || BinaryPrimitives.ReadUInt32BigEndian(source) != Magic
            || source[4] != ProtocolLimits.Version
            || BinaryPrimitives.ReadUInt32BigEndian(source[40..]) != Checksum(source[..40])
            || BinaryPrimitives.ReadInt32BigEndian(source[12..]) is not (>= 0 and <= ProtocolLimits.MaxPayload))
        {
            return false;
        }

        header = new FrameHeader
        {
            Kind = (FrameKind)source[5],
            Flags = (FrameFlags)source[6],
            Rendition = source[7],
            Sequence = BinaryPrimitives.ReadUInt32BigEndian(source[8..]),
            Length = BinaryPrimitives.ReadInt32BigEndian(source[12..]),
            Pts = new Timestamp(BinaryPrimitives.ReadInt64BigEndian(source[16..])),
            Dts = new Timestamp(BinaryPrimitives.ReadInt64BigEndian(source[24..])),
            DurationMicroseconds = BinaryPrimitives.ReadUInt32BigEndian(source[32..]),
            PayloadChecksum = BinaryPrimitives.ReadUInt32BigEndian(source[36..]),
        };
        return ProtocolLimits.IsPlausible(header.Pts) && ProtocolLimits.IsPlausible(header.Dts);
    }

    /// <summary>CRC-32C (Castagnoli; RFC 9260, appendix A).</summary>
    public static uint Checksum(ReadOnlySpan<byte> bytes) => ~Update(uint.MaxValue, bytes);

    /// <summary>CRC-32C of bytes in several pieces.</summary>
    public static uint Checksum(in ReadOnlySequence<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var piece in bytes)
        {
            crc = Update(crc, piece.Span);
        }

        return ~crc;
    }

    private static uint Update(uint crc, ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        foreach (var b in bytes)
        {
            crc = BitOperations.Crc32C(crc, b);
        }

        return crc;
    }
}

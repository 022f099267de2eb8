using System.Buffers.Binary;

namespace KnSock.Protocol.Legacy;

/// <summary>The 16 bytes in front of each piece of sound on kn-sock's wire. Its numbers are big-endian.</summary>
/// <remarks>
/// <code>
///  0        4               12        16
///  +--------+---------------+---------+
///  | "AUD0" | time (double) | length  |
///  +--------+---------------+---------+
/// </code>
/// It has no checksum, so all that can be told of one is whether it is possible.
/// </remarks>
public readonly record struct LegacyAudioHeader
{
    /// <summary>Size of the header in bytes.</summary>
    public const int Size = 16;

    /// <summary>The first four bytes.</summary>
    public static ReadOnlySpan<byte> Magic => "AUD0"u8;

    /// <summary>Whether it begins with the <see cref="Magic"/>. False: it is none, or its first bytes are damaged.</summary>
    public bool IsMagic { get; private init; }

    /// <summary>The time of the first sample as the server says, seconds.</summary>
    public double Time { get; private init; }

    /// <summary>Bytes of samples behind it.</summary>
    public uint Length { get; private init; }

    /// <summary>Whether there can be such a header: magic, a length of whole samples within the limit, and a time.</summary>
    public bool IsPossible => IsMagic && IsPossibleButForMagic;

    /// <summary>The same, whatever the first four bytes are.</summary>
    public bool IsPossibleButForMagic => Length <= LegacyAudioFrame.MaxLength && Length % LegacyAudioFrame.BytesPerSample == 0 && LegacyTime.IsPossible(Time);

    /// <summary>Reads a header, whatever it says.</summary>
    /// <param name="source">At least <see cref="Size"/> bytes.</param>
    public static LegacyAudioHeader Read(ReadOnlySpan<byte> source) => new()
    {
        IsMagic = source.StartsWith(Magic),
        Time = BinaryPrimitives.ReadDoubleBigEndian(source[4..]),
        Length = BinaryPrimitives.ReadUInt32BigEndian(source[12..]),
    };

    /// <summary>Writes a header.</summary>
    /// <param name="destination">At least <see cref="Size"/> bytes.</param>
    /// <param name="time">The time of the first sample, seconds.</param>
    /// <param name="length">Bytes of samples.</param>
    public static void Write(Span<byte> destination, double time, int length)
    {
        Magic.CopyTo(destination);
        BinaryPrimitives.WriteDoubleBigEndian(destination[4..], time);
        BinaryPrimitives.WriteUInt32BigEndian(destination[12..], (uint)length);
    }
}

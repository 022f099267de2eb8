using System.Buffers.Binary;

namespace KnSock.Protocol.Legacy;

/// <summary>The 12 bytes in front of each picture on kn-sock's wire. Its numbers are big-endian.</summary>
/// <remarks>
/// <code>
///  0               8        12
///  +---------------+--------+
///  | time (double) | length |
///  +---------------+--------+
/// </code>
/// It has neither magic nor checksum, so all that can be told of one is whether it is possible.
/// </remarks>
public readonly record struct LegacyPictureHeader
{
    /// <summary>Size of the header in bytes.</summary>
    public const int Size = 12;

    /// <summary>Less than any JPEG file has; what is shorter is damage.</summary>
    public const int LeastLength = 32;

    /// <summary>The picture's time as the server says, seconds.</summary>
    public double Time { get; private init; }

    /// <summary>Bytes of the picture behind it.</summary>
    public uint Length { get; private init; }

    /// <summary>Whether there can be such a header: a length of a picture, and a time.</summary>
    public bool IsPossible => Length is >= LeastLength and <= LegacyPicture.MaxLength && LegacyTime.IsPossible(Time);

    /// <summary>Reads a header, whatever it says.</summary>
    /// <param name="source">At least <see cref="Size"/> bytes.</param>
    public static LegacyPictureHeader Read(ReadOnlySpan<byte> source) => new()
    {
        Time = BinaryPrimitives.ReadDoubleBigEndian(source),
        Length = BinaryPrimitives.ReadUInt32BigEndian(source[8..]),
    };

    /// <summary>Writes a header.</summary>
    /// <param name="destination">At least <see cref="Size"/> bytes.</param>
    /// <param name="time">The picture's time, seconds.</param>
    /// <param name="length">Its length in bytes.</param>
    public static void Write(Span<byte> destination, double time, int length)
    {
        BinaryPrimitives.WriteDoubleBigEndian(destination, time);
        BinaryPrimitives.WriteUInt32BigEndian(destination[8..], (uint)length);
    }
}

using System.Buffers.Binary;

namespace KnSock.Protocol.Legacy;

/// <summary>Writes the headers of what kn-sock's clients are sent. Numbers are big-endian, the samples of the sound little-endian.</summary>
/// <remarks>
/// <code>
///  picture                       sound
///  0      8        12            0      4      12       16
///  +------+--------+------+      +------+------+--------+---------+
///  | time | length | JPEG |      | AUD0 | time | length | samples |
///  +------+--------+------+      +------+------+--------+---------+
/// </code>
/// A time is an IEEE double in seconds, a length a u32 in bytes.
/// </remarks>
public static class LegacyFrameWriter
{
    /// <summary>Bytes before a picture.</summary>
    public const int PictureHeaderSize = 12;

    /// <summary>Bytes before a piece of sound.</summary>
    public const int SoundHeaderSize = 16;

    /// <summary>Samples of each channel in a piece of sound.</summary>
    public const int SamplesPerFrame = 1024;

    /// <summary>What a piece of sound begins with.</summary>
    public static ReadOnlySpan<byte> SoundMagic => "AUD0"u8;

    /// <summary>Writes the header of a picture.</summary>
    /// <param name="destination">At least <see cref="PictureHeaderSize"/> bytes.</param>
    /// <param name="seconds">The picture's time.</param>
    /// <param name="length">Its length in bytes.</param>
    public static void Picture(Span<byte> destination, double seconds, int length)
    {
        BinaryPrimitives.WriteDoubleBigEndian(destination, seconds);
        BinaryPrimitives.WriteUInt32BigEndian(destination[8..], (uint)length);
    }

    /// <summary>Writes the header of a piece of sound.</summary>
    /// <param name="destination">At least <see cref="SoundHeaderSize"/> bytes.</param>
    /// <param name="seconds">The time of its first sample.</param>
    /// <param name="length">Its length in bytes.</param>
    public static void Sound(Span<byte> destination, double seconds, int length)
    {
        SoundMagic.CopyTo(destination);
        Picture(destination[SoundMagic.Length..], seconds, length);
    }
}

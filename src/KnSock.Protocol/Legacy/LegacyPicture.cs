using System.Buffers;

namespace KnSock.Protocol.Legacy;

/// <summary>A picture on kn-sock's wire, behind a <see cref="LegacyPictureHeader"/>.</summary>
/// <param name="Time">What the server says of its time, seconds from a zero of the server's own; kn-sock itself gives the time of sending.</param>
/// <param name="Jpeg">The picture, from its start of image to its end of image; a slice of the reader's input, valid until that is released.</param>
public readonly record struct LegacyPicture(double Time, ReadOnlySequence<byte> Jpeg)
{
    /// <summary>The longest picture, bytes.</summary>
    public const int MaxLength = 8 * 1024 * 1024;
}

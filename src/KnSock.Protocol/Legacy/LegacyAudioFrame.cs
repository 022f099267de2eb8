using System.Buffers;

namespace KnSock.Protocol.Legacy;

/// <summary>A piece of sound on kn-sock's wire: 16-bit little-endian samples, stereo, 44,100 Hz, behind a <see cref="LegacyAudioHeader"/>.</summary>
/// <param name="Time">What the server says of its time, seconds from a zero of the server's own; kn-sock itself gives the time of sending.</param>
/// <param name="Samples">Samples of both channels, interleaved, 4 bytes a pair; a slice of the reader's input, valid until that is released.</param>
/// <param name="SkippedBytes">Bytes passed over, because they were damaged, since the frame before.</param>
public readonly record struct LegacyAudioFrame(double Time, ReadOnlySequence<byte> Samples, long SkippedBytes)
{
    /// <summary>Samples a second and channel.</summary>
    public const int SampleRate = 44_100;

    /// <summary>Channels.</summary>
    public const int Channels = 2;

    /// <summary>Bytes of one sample of all channels.</summary>
    public const int BytesPerSample = sizeof(short) * Channels;

    /// <summary>Samples a channel of a whole frame; only the last one of a file has fewer.</summary>
    public const int WholeSamples = 1024;

    /// <summary>The longest, and usual, length of the samples, bytes.</summary>
    public const int MaxLength = WholeSamples * BytesPerSample;

    /// <summary>Bytes of a whole frame with its header.</summary>
    public const int WholeSize = LegacyAudioHeader.Size + MaxLength;
}

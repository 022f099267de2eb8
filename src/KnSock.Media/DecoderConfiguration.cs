namespace KnSock.Media;

/// <summary>What a decoder must know before the first access unit of a rendition.</summary>
public abstract record DecoderConfiguration
{
    /// <summary>The codec as RFC 6381 writes it, such as <c>avc1.64001f</c> or <c>mp4a.40.2</c>.</summary>
    public required string Codec { get; init; }

    /// <summary>Set-up bytes: an AVCDecoderConfigurationRecord (ISO 14496-15, 5.3.3.1) or an AudioSpecificConfig (ISO 14496-3, 1.6.2.1).</summary>
    public required ReadOnlyMemory<byte> Setup { get; init; }
}

/// <summary>Set-up of a decoder of pictures: H.264, or from a kn-sock server JPEG, which needs no set-up bytes.</summary>
public sealed record VideoConfiguration : DecoderConfiguration
{
    /// <summary>The codec of pictures that are JPEG files, each by itself (ISO 14496-1, object type 6C).</summary>
    public const string Jpeg = "mp4v.6C";

    /// <summary>Whether each picture is a JPEG file.</summary>
    public bool IsJpeg => Codec == Jpeg;

    /// <summary>Width in pixels, square pixels.</summary>
    public required int Width { get; init; }

    /// <summary>Height in pixels.</summary>
    public required int Height { get; init; }
}

/// <summary>Set-up of a decoder of sound: AAC, or from a kn-sock server samples as they are, which need no set-up bytes.</summary>
public sealed record AudioConfiguration : DecoderConfiguration
{
    /// <summary>The codec of 16-bit little-endian samples, interleaved (QuickTime File Format).</summary>
    public const string Pcm = "sowt";

    /// <summary>Whether units are samples as they are.</summary>
    public bool IsPcm => Codec == Pcm;

    /// <summary>Samples a second and channel.</summary>
    public required int SampleRate { get; init; }

    /// <summary>Number of channels.</summary>
    public required int Channels { get; init; }
}

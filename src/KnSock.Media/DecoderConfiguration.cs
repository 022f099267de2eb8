namespace KnSock.Media;

/// <summary>What a decoder must know before the first access unit of a rendition.</summary>
public abstract record DecoderConfiguration
{
    /// <summary>The codec as RFC 6381 writes it, such as <c>avc1.64001f</c> or <c>mp4a.40.2</c>.</summary>
    public required string Codec { get; init; }

    /// <summary>Set-up bytes: an AVCDecoderConfigurationRecord (ISO 14496-15, 5.3.3.1) or an AudioSpecificConfig (ISO 14496-3, 1.6.2.1).</summary>
    public required ReadOnlyMemory<byte> Setup { get; init; }
}

/// <summary>Set-up of an H.264 decoder.</summary>
public sealed record VideoConfiguration : DecoderConfiguration
{
    /// <summary>Width in pixels, square pixels.</summary>
    public required int Width { get; init; }

    /// <summary>Height in pixels.</summary>
    public required int Height { get; init; }
}

/// <summary>Set-up of an AAC decoder.</summary>
public sealed record AudioConfiguration : DecoderConfiguration
{
    /// <summary>Samples a second and channel.</summary>
    public required int SampleRate { get; init; }

    /// <summary>Number of channels.</summary>
    public required int Channels { get; init; }
}

namespace KnSock.Media.Aac;

/// <summary>The head of an AudioSpecificConfig (ISO 14496-3, 1.6.2.1): what the sound is before any extension.</summary>
public sealed record AudioSpecificConfig
{
    private static readonly int[] SampleRates =
        [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350];

    /// <summary>Audio object type, such as 2 for AAC-LC.</summary>
    public required int ObjectType { get; init; }

    /// <summary>Samples a second and channel.</summary>
    public required int SampleRate { get; init; }

    /// <summary>Number of channels.</summary>
    public required int Channels { get; init; }

    /// <summary>The codec as RFC 6381 writes it, such as <c>mp4a.40.2</c>.</summary>
    public string Codec => $"mp4a.40.{ObjectType}";

    /// <summary>Reads a configuration.</summary>
    /// <exception cref="MediaFormatException">It ends too early, or a value in it is reserved or out of range.</exception>
    public static AudioSpecificConfig Read(ReadOnlySpan<byte> config)
    {
        var reader = new BitReader(config);
        var objectType = (int)reader.ReadBits(5);
        if (objectType == 31)
        {
            objectType = 32 + (int)reader.ReadBits(6);
        }

        var rateIndex = (int)reader.ReadBits(4);
        var sampleRate = rateIndex switch
        {
            15 => (int)reader.ReadBits(24),
            _ when rateIndex < SampleRates.Length => SampleRates[rateIndex],
            _ => 0,
        };

        // Configuration 0 puts the channels into a program_config_element, which none of our encoders writes.
        var layout = (int)reader.ReadBits(4);
        var channels = layout switch
        {
            >= 1 and <= 6 => layout,
            7 or 12 or 14 => 8,
            11 => 7,
            _ => 0,
        };
        return objectType > 0 && channels > 0 && sampleRate is > 0 and <= 192_000
            ? new AudioSpecificConfig { ObjectType = objectType, SampleRate = sampleRate, Channels = channels }
            : throw new MediaFormatException("an AudioSpecificConfig has a reserved value or one out of range");
    }

    /// <summary>The set-up of a decoder from a configuration; its bytes are copied.</summary>
    /// <exception cref="MediaFormatException">The configuration is malformed.</exception>
    public static AudioConfiguration ToAudioConfiguration(ReadOnlySpan<byte> config)
    {
        var read = Read(config);
        return new AudioConfiguration { Codec = read.Codec, Setup = config.ToArray(), SampleRate = read.SampleRate, Channels = read.Channels };
    }
}

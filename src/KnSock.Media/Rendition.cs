namespace KnSock.Media;

/// <summary>One encoded version of a channel's picture or sound.</summary>
public abstract record Rendition
{
    /// <summary>Place in the ladder, 0 = lowest; unique among the rungs of the picture. All sound has 0: to a decoder one is as good as the other.</summary>
    public required int Index { get; init; }

    /// <summary>Short name such as <c>720p</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Mean rate that the encoder aims at, bit/s.</summary>
    public required int BitsPerSecond { get; init; }

    /// <summary>Picture or sound.</summary>
    public abstract TrackKind Kind { get; }
}

/// <summary>One encoded version of the picture: a rung.</summary>
public sealed record VideoRendition : Rendition
{
    /// <summary>Width in pixels, even; pixels are square.</summary>
    public required int Width { get; init; }

    /// <summary>Height in pixels, even.</summary>
    public required int Height { get; init; }

    /// <summary>Frame rate, the same for all rungs of a channel.</summary>
    public required FrameRate FrameRate { get; init; }

    /// <summary>Whether it is the source itself, byte for byte, rather than encoded from it.</summary>
    public bool IsPassthrough { get; init; }

    /// <inheritdoc/>
    public override TrackKind Kind => TrackKind.Video;
}

/// <summary>The picture as a JPEG for each frame, for viewers that know nothing else.</summary>
public sealed record JpegRendition : Rendition
{
    /// <summary>Width in pixels.</summary>
    public required int Width { get; init; }

    /// <summary>Height in pixels.</summary>
    public required int Height { get; init; }

    /// <summary>Quality, 1 to 100, as the Independent JPEG Group's encoder scales the tables of ITU T.81, annex K.</summary>
    public required int Quality { get; init; }

    /// <inheritdoc/>
    public override TrackKind Kind => TrackKind.Video;
}

/// <summary>The sound as it is: 16-bit little-endian samples, the channels by turns, in units of <see cref="AudioRendition.SamplesPerUnit"/>.</summary>
public sealed record PcmRendition : Rendition
{
    /// <summary>Samples a second and channel.</summary>
    public required int SampleRate { get; init; }

    /// <summary>Number of channels.</summary>
    public required int Channels { get; init; }

    /// <inheritdoc/>
    public override TrackKind Kind => TrackKind.Audio;
}

/// <summary>One encoded version of the sound.</summary>
public sealed record AudioRendition : Rendition
{
    /// <summary>Samples in one AAC access unit.</summary>
    public const int SamplesPerUnit = 1024;

    /// <summary>Samples a second and channel.</summary>
    public required int SampleRate { get; init; }

    /// <summary>Number of channels.</summary>
    public required int Channels { get; init; }

    /// <summary>Whether all channels carry the same, the mean of what they would, so that the coder has to describe only one.</summary>
    public bool IsMixed { get; init; }

    /// <inheritdoc/>
    public override TrackKind Kind => TrackKind.Audio;
}

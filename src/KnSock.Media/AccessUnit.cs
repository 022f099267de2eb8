namespace KnSock.Media;

/// <summary>One encoded frame: a picture (H.264, length-prefixed NAL units, or JPEG) or 1,024 samples of sound (AAC, raw, or the samples themselves).</summary>
/// <remarks>
/// JPEG and samples are what kn-sock's clients and servers speak (<see cref="VideoConfiguration.Jpeg"/>, <see cref="AudioConfiguration.Pcm"/>).
/// Immutable. The payload is shared by everybody who holds the unit and must not be written to.
/// </remarks>
public sealed record AccessUnit
{
    /// <summary>Picture or sound.</summary>
    public required TrackKind Kind { get; init; }

    /// <summary>Number within the track in decoding order; on a loop it starts at 0 with each turn.</summary>
    public required uint Sequence { get; init; }

    /// <summary>When it is presented.</summary>
    public required Timestamp Pts { get; init; }

    /// <summary>When it is decoded; not after <see cref="Pts"/>.</summary>
    public required Timestamp Dts { get; init; }

    /// <summary>For how long it is presented. Sound that decodes to more than this is cut (the last unit of a turn).</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Whether decoding can start here.</summary>
    public required bool IsKeyframe { get; init; }

    /// <summary>The encoded bytes: AVCC samples (ISO 14496-15) or a raw AAC frame (ISO 14496-3).</summary>
    public required ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>When its presentation ends.</summary>
    public Timestamp End => Pts + Duration;
}

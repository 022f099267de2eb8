namespace KnSock.Player;

/// <summary>A piece of sound as it is heard; valid only while it is handed over.</summary>
public readonly ref struct HeardSound
{
    /// <summary>Interleaved samples between -1 and 1.</summary>
    public required ReadOnlySpan<float> Samples { get; init; }

    /// <summary>Samples a second and channel.</summary>
    public required int SampleRate { get; init; }

    /// <summary>Number of channels.</summary>
    public required int Channels { get; init; }

    /// <summary>When the first sample is heard: a <see cref="TimeProvider.GetTimestamp"/> of the playback's clock.</summary>
    public required long HeardAt { get; init; }
}

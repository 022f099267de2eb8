namespace KnSock.Server;

/// <summary>Which renditions are made of a source.</summary>
public sealed record LadderOptions
{
    /// <summary>Heights of the rungs in pixels (the shorter side of an upright picture). A source is never scaled up to one.</summary>
    public IReadOnlyList<int> Heights { get; init; } = [1080, 720, 480, 360, 240];

    /// <summary>Highest frame rate; faster sources are halved until they keep to it.</summary>
    public int MaxFrameRate { get; init; } = 60;

    /// <summary>
    /// Whether a source that can be sent as it is (H.264 with keyframes at most 2 s apart) is its own top rung. That costs no encoding, and its keyframes
    /// become those of all rungs. Default: true.
    /// </summary>
    public bool Passthrough { get; init; } = true;

    /// <summary>Rate of the sound, bit/s.</summary>
    public int AudioBitsPerSecond { get; init; } = 96_000;

    /// <summary>
    /// Rate of a second, poorer version of the sound for links that do not carry the lowest rung with <see cref="AudioBitsPerSecond"/>, bit/s; null: there is none. It is encoded
    /// where somebody needs it. Default: 24,000, of which AAC-LC makes speech that is easy to follow, up to nearly 6 kHz, if both channels carry the same; so they do.
    /// </summary>
    public int? LowAudioBitsPerSecond { get; init; } = 24_000;
}

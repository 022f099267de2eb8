namespace KnSock.Media;

/// <summary>All renditions of a channel: rungs of the picture from the lowest to the highest, and the sound.</summary>
public sealed record Ladder
{
    /// <summary>Rungs of the picture, lowest first; never empty.</summary>
    public required IReadOnlyList<VideoRendition> Video { get; init; }

    /// <summary>The sound.</summary>
    public required AudioRendition Audio { get; init; }

    /// <summary>The sound at a rate that poor links carry; its units have the same times and the same set-up as those of <see cref="Audio"/>. Null: there is none.</summary>
    public AudioRendition? LowAudio { get; init; }

    /// <summary>The highest rung of the picture.</summary>
    public VideoRendition Top => Video[^1];
}

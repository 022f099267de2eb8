namespace KnSock.Client.Playout;

/// <summary>The figures of a playback, from the selection of the first channel on.</summary>
public sealed record PlaybackStatistics
{
    /// <summary>Name of the channel.</summary>
    public required string Channel { get; init; }

    /// <summary>From the start of connecting to the first picture, milliseconds; null before that.</summary>
    public required double? JoinMs { get; init; }

    /// <summary>Pictures presented.</summary>
    public required long FramesPresented { get; init; }

    /// <summary>Pictures not presented because they were late, missing or damaged.</summary>
    public required long FramesDropped { get; init; }

    /// <summary>How often playout stopped for want of data.</summary>
    public required int Stalls { get; init; }

    /// <summary>For how long, milliseconds.</summary>
    public required double StallMs { get; init; }

    /// <summary>95th percentile of the distance between a picture and the sound heard with it, milliseconds.</summary>
    public required double AvSkewP95Ms { get; init; }

    /// <summary>Median distance of playout behind the live edge, milliseconds.</summary>
    public required double LatencyP50Ms { get; init; }

    /// <summary>95th percentile of the distance of playout behind the live edge, milliseconds.</summary>
    public required double LatencyP95Ms { get; init; }

    /// <summary>Changes of rung.</summary>
    public required int Switches { get; init; }

    /// <summary>Names of the rungs that were received, in the order of their first appearance.</summary>
    public required IReadOnlyList<string> Renditions { get; init; }

    /// <summary>Name of the rung being presented.</summary>
    public required string? Rendition { get; init; }

    /// <summary>Rate of the sound that is sent, bit/s, as the server said. Null: it has said nothing, and sends the usual one.</summary>
    public int? SoundBitsPerSecond { get; init; }

    /// <summary>Reason that the server gave for the present rung.</summary>
    public required string? RenditionReason { get; init; }

    /// <summary>Bytes received on the video and audio ports.</summary>
    public required long BytesReceived { get; init; }

    /// <summary>Sound that was heard, seconds.</summary>
    public required double AudioSeconds { get; init; }

    /// <summary>Picture in the jitter buffer, seconds.</summary>
    public required double VideoBufferSeconds { get; init; }

    /// <summary>Sound in the jitter buffer, seconds.</summary>
    public required double AudioBufferSeconds { get; init; }

    /// <summary>How much media is to lie ready at present, milliseconds: what the user asked for, or more because units come late.</summary>
    public double TargetDelayMs { get; init; }

    /// <summary>How fast playout goes, 1 = as recorded; at the live edge it keeps to the target delay by that.</summary>
    public double PlaybackRate { get; init; } = 1;

    /// <summary>The slowest that playout has gone.</summary>
    public double LowestPlaybackRate { get; init; } = 1;

    /// <summary>The fastest that playout has gone.</summary>
    public double HighestPlaybackRate { get; init; } = 1;

    /// <summary>How often playout jumped ahead because it was too far behind the live edge.</summary>
    public int Jumps { get; init; }

    /// <summary>95th percentile of the time to decode a picture, milliseconds.</summary>
    public required double DecodeP95Ms { get; init; }

    /// <summary>Faults that the user should see, each a sentence.</summary>
    public required IReadOnlyList<string> Errors { get; init; }

    /// <summary>What the user saw. Null where nobody counted.</summary>
    public WatchedFigures? Watched { get; init; }
}

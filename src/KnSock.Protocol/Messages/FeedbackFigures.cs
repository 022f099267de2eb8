namespace KnSock.Protocol.Messages;

/// <summary>What a server goes by in a client's <see cref="Feedback"/>. Plausible where it comes from a <see cref="Feedback"/> that is.</summary>
/// <param name="Selection">The selection it is about.</param>
/// <param name="State">What playout is doing.</param>
/// <param name="PositionSeconds">Position of playout on the viewer's timeline, seconds; null before the first frame came.</param>
/// <param name="VideoBufferSeconds">Picture that lies ready without a gap, seconds.</param>
/// <param name="AudioBufferSeconds">Sound that lies ready without a gap, seconds.</param>
/// <param name="TargetSeconds">What playout wants to have before it starts, seconds.</param>
public readonly record struct FeedbackFigures(
    uint Selection, PlayoutState State, double? PositionSeconds, double VideoBufferSeconds, double AudioBufferSeconds, double TargetSeconds)
{
    /// <summary>Stalls so far.</summary>
    public int Stalls { get; init; }

    /// <summary>Time spent in stalls so far, milliseconds.</summary>
    public long StallMs { get; init; }

    /// <summary>Frames that came too late to be shown, so far.</summary>
    public int Late { get; init; }

    /// <summary>Frames not shown for any reason but the rate cap, so far.</summary>
    public int Dropped { get; init; }

    /// <summary>95th percentile of the time to decode a picture, milliseconds.</summary>
    public double DecodeP95Ms { get; init; }

    /// <summary>Pictures that were there at their time, so far; null where the client does not say.</summary>
    public int? Presented { get; init; }

    /// <summary>How fast playout goes, 1 = as recorded; null where the client does not say.</summary>
    public double? PlaybackRate { get; init; }
}

using System.Text.Json.Serialization;

namespace KnSock.Protocol.Messages;

/// <summary>Client, every 100 ms: how playout stands. Counters count from the start of the selection.</summary>
public sealed record Feedback : ControlMessage
{
    /// <summary>The selection it is about.</summary>
    public required uint Selection { get; init; }

    /// <summary>What playout is doing.</summary>
    public required PlayoutState State { get; init; }

    /// <summary>Position of playout on the viewer's timeline, seconds; missing before the first frame came.</summary>
    public double? PositionSeconds { get; init; }

    /// <summary>Picture that lies ready without a gap, seconds.</summary>
    public required double VideoBufferSeconds { get; init; }

    /// <summary>Sound that lies ready without a gap, seconds.</summary>
    public required double AudioBufferSeconds { get; init; }

    /// <summary>What playout wants to have before it starts, seconds.</summary>
    public double TargetSeconds { get; init; }

    /// <summary>Media bytes received on both connections.</summary>
    public long ReceivedBytes { get; init; }

    /// <summary>Stalls so far.</summary>
    public int Stalls { get; init; }

    /// <summary>Time spent in stalls so far, milliseconds.</summary>
    public long StallMs { get; init; }

    /// <summary>Frames that came too late to be shown, so far.</summary>
    public int Late { get; init; }

    /// <summary>Frames not shown for any reason but the rate cap, so far.</summary>
    public int Dropped { get; init; }

    /// <summary>95th percentile of the time to decode a picture, milliseconds; of the last two seconds or so where <see cref="Presented"/> is there, too.</summary>
    public double DecodeP95Ms { get; init; }

    /// <summary>Pictures that were there at their time so far: shown, or left out for the rate cap alone. Missing: the client does not say.</summary>
    public int? Presented { get; init; }

    /// <summary>How fast playout goes to keep to its target delay, 1 = as recorded; missing where it always goes as recorded.</summary>
    public double? PlaybackRate { get; init; }

    /// <summary>Whether every number is finite and within reason; feedback that is not is ignored and counted.</summary>
    [JsonIgnore]
    public bool IsPlausible =>
        IsSeconds(PositionSeconds ?? 0, 1e9) && IsSeconds(VideoBufferSeconds, 3600) && IsSeconds(AudioBufferSeconds, 3600)
        && IsSeconds(TargetSeconds, 3600) && ReceivedBytes >= 0 && Stalls >= 0 && StallMs >= 0 && Late >= 0 && Dropped >= 0
        && (Presented ?? 0) >= 0 && IsSeconds(DecodeP95Ms, 1e6) && IsSeconds(PlaybackRate ?? 1, 10) && Enum.IsDefined(State);

    /// <summary>What a server goes by.</summary>
    [JsonIgnore]
    public FeedbackFigures Figures => new(Selection, State, PositionSeconds, VideoBufferSeconds, AudioBufferSeconds, TargetSeconds)
    {
        Stalls = Stalls, StallMs = StallMs, Late = Late, Dropped = Dropped, DecodeP95Ms = DecodeP95Ms, Presented = Presented, PlaybackRate = PlaybackRate,
    };

    private static bool IsSeconds(double value, double limit) => value >= 0 && value <= limit;
}

/// <summary>What playout is doing.</summary>
[JsonConverter(typeof(WordConverter<PlayoutState>))]
public enum PlayoutState
{
    /// <summary>Filling the buffers before the first frame.</summary>
    [JsonStringEnumMemberName("buffering")]
    Buffering,

    /// <summary>Playing.</summary>
    [JsonStringEnumMemberName("playing")]
    Playing,

    /// <summary>Stopped for want of data.</summary>
    [JsonStringEnumMemberName("stalled")]
    Stalled,

    /// <summary>Stopped by the user.</summary>
    [JsonStringEnumMemberName("paused")]
    Paused,
}

using System.Text.Json.Serialization;

namespace KnSock.Server.Adaptation;

/// <summary>What one of the next GOPs weighs in each rung, on the wire, its sound and framing included.</summary>
/// <param name="rungs">How many rungs there are.</param>
internal sealed class GopOutlook(int rungs)
{
    /// <summary>One to be read from a record.</summary>
    [JsonConstructor]
    public GopOutlook() : this(0)
    {
    }

    /// <summary>How long it plays.</summary>
    public TimeSpan Duration { get; set; }

    /// <summary>Bytes in each rung; where it is not encoded yet, what the rung's rate makes of it.</summary>
    public long[] Bytes { get; init; } = new long[rungs];

    /// <summary>How many of them are its keyframe, which comes at once.</summary>
    public long[] KeyframeBytes { get; init; } = new long[rungs];

    /// <summary>One of its own, to keep.</summary>
    public GopOutlook Copy() => new(Bytes.Length) { Duration = Duration, Bytes = [.. Bytes], KeyframeBytes = [.. KeyframeBytes] };
}

using System.Text.Json;

namespace KnSock.EndToEnd.Tests;

/// <summary>What <c>knsock play --json</c> prints.</summary>
internal sealed record PlayFigures
{
    private static readonly JsonSerializerOptions Strict = new(JsonSerializerDefaults.Web) { RespectRequiredConstructorParameters = true };

    public required string Channel { get; init; }

    public required double? JoinMs { get; init; }

    public required long FramesPresented { get; init; }

    public required long FramesDropped { get; init; }

    public required int Stalls { get; init; }

    public required double? StallMs { get; init; }

    public required double? AvSkewP95Ms { get; init; }

    public required double? LatencyP50Ms { get; init; }

    public required double? LatencyP95Ms { get; init; }

    public required int Switches { get; init; }

    public required IReadOnlyList<string> Renditions { get; init; }

    public required long BytesReceived { get; init; }

    public required double? AudioSeconds { get; init; }

    public required IReadOnlyList<string> Errors { get; init; }

    /// <summary>Takes the figures from the line; a name that is missing is an error.</summary>
    public static PlayFigures From(JsonElement line) => line.Deserialize<PlayFigures>(Strict)!;

    /// <summary>Fails, with all the figures, unless playback was without a fault and every figure is within its bound.</summary>
    /// <param name="seconds">For how long it was played.</param>
    /// <param name="frames">The fewest pictures.</param>
    public void AssertSmooth(double seconds, double frames)
    {
        Assert.True(Errors.Count == 0, ToString());
        Assert.True(Stalls == 0, ToString());
        Assert.True(FramesPresented >= frames, $"fewer than {frames} frames: {this}");
        Assert.True(AudioSeconds >= seconds - 0.5, ToString());
        Assert.True(AvSkewP95Ms <= 20, ToString());
    }

    public override string ToString() =>
        $"{Channel}: join {JoinMs} ms, {FramesPresented} frames, {FramesDropped} dropped, {Stalls} stalls ({StallMs} ms), skew {AvSkewP95Ms} ms, "
        + $"latency {LatencyP50Ms}/{LatencyP95Ms} ms, sound {AudioSeconds} s, {string.Join(' ', Renditions)} ({Switches} switches); {string.Join("; ", Errors)}";
}

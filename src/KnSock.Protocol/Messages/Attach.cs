using System.Text.Json.Serialization;

namespace KnSock.Protocol.Messages;

/// <summary>A client's first line on the video port (without a session) and on the audio port (with it).</summary>
public sealed record Attach
{
    /// <summary>The version that the client chose; missing from a kn-sock client.</summary>
    [JsonPropertyName("knsock")]
    public int? KnSock { get; init; }

    /// <summary>On the audio port: the token of the greeting.</summary>
    public string? Session { get; init; }

    /// <summary>From a kn-sock client: the number of the video it wants.</summary>
    public int? Index { get; init; }
}

using System.Text.Json.Serialization;

namespace KnSock.Protocol.Messages;

/// <summary>The server's first line on the video port. It begins with <c>videos</c>, as kn-sock's does.</summary>
public sealed record Greeting
{
    /// <summary>Names of the channels in order.</summary>
    public required IReadOnlyList<string> Videos { get; init; }

    /// <summary>Newest version of this protocol that the server speaks; missing with a kn-sock server.</summary>
    [JsonPropertyName("knsock")]
    public int? KnSock { get; init; }

    /// <summary>Oldest version that the server speaks.</summary>
    [JsonPropertyName("oldest")]
    public int? OldestKnSock { get; init; }

    /// <summary>Token that ties the three connections of this viewer together.</summary>
    public string? Session { get; init; }

    /// <summary>Port of the sound.</summary>
    public int? AudioPort { get; init; }

    /// <summary>Port of the control connection.</summary>
    public int? ControlPort { get; init; }

    /// <summary>Whether the server can send the sound on the video connection, to clients that ask for it in <see cref="Hello.SharedAudio"/>.</summary>
    public bool? SharedAudio { get; init; }
}

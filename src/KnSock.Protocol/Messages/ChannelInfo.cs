using System.Text.Json.Serialization;

namespace KnSock.Protocol.Messages;

/// <summary>One channel of the catalog.</summary>
public sealed record ChannelInfo
{
    /// <summary>Place in the catalog, from 0.</summary>
    public required int Index { get; init; }

    /// <summary>Name by which it can be selected; unique in the catalog.</summary>
    public required string Name { get; init; }

    /// <summary>Title for people: the file's own where it has one, otherwise its name. Untrusted text.</summary>
    public required string Title { get; init; }

    /// <summary>Length of one turn in seconds.</summary>
    public required double DurationSeconds { get; init; }

    /// <summary>Width of the highest rung in pixels.</summary>
    public required int Width { get; init; }

    /// <summary>Height of the highest rung in pixels.</summary>
    public required int Height { get; init; }

    /// <summary>Frames a second.</summary>
    public required double FrameRate { get; init; }

    /// <summary>Whether the source has sound of its own; where not, a silent track is sent.</summary>
    public required bool HasAudio { get; init; }

    /// <summary>How the rungs come about and why so, for people: whether the source itself is one of them. Null: it is not said. Untrusted text.</summary>
    public string? Encoding { get; init; }

    /// <summary>What is out of order at present, a sentence each; the channel plays all the same. Null: nothing.</summary>
    public IReadOnlyList<string>? Warnings { get; init; }

    /// <summary>Rungs of the picture, lowest first.</summary>
    public required IReadOnlyList<RenditionInfo> Renditions { get; init; }

    /// <summary>Whether length and rate are such that a client can reckon with them; a catalog with a channel that is not is malformed.</summary>
    [JsonIgnore]
    public bool IsPlausible => Index >= 0 && DurationSeconds is >= 1e-3 and <= 1e9 && FrameRate is > 0 and <= 1000;
}

using System.Text.Json.Serialization;

namespace KnSock.Protocol.Messages;

/// <summary>Client: how much of a picture is of use to it. The last one holds, for all selections of the session; before the first nothing is limited.</summary>
public sealed record Limits : ControlMessage
{
    /// <summary>Lines of its display that the picture takes, pixels; 0: it is not seen. Missing: that is not known, and limits nothing.</summary>
    public int? WindowHeight { get; init; }

    /// <summary>The most lines that the user wants a picture to have (of an upright one: columns). Missing: any number.</summary>
    public int? MaxHeight { get; init; }

    /// <summary>The highest rate that the user wants, picture and sound together, bit/s. Missing: any.</summary>
    public int? MaxBitsPerSecond { get; init; }

    /// <summary>Index of the one rung that the user wants whatever the link carries. Missing: the server chooses.</summary>
    public int? Rendition { get; init; }

    /// <summary>Whether every number is within reason; limits that are not are ignored and counted.</summary>
    [JsonIgnore]
    public bool IsPlausible => WindowHeight is null or >= 0 && MaxHeight is null or > 0 && MaxBitsPerSecond is null or > 0 && Rendition is null or (>= 0 and <= byte.MaxValue);
}

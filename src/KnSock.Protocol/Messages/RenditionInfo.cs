namespace KnSock.Protocol.Messages;

/// <summary>One rung of a channel.</summary>
public sealed record RenditionInfo
{
    /// <summary>Place in the ladder, 0 = lowest.</summary>
    public required int Index { get; init; }

    /// <summary>Short name such as <c>720p</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Width in pixels.</summary>
    public required int Width { get; init; }

    /// <summary>Height in pixels.</summary>
    public required int Height { get; init; }

    /// <summary>Mean rate of picture and sound together, bit/s; of what is passed through, the highest over some seconds.</summary>
    public required int BitsPerSecond { get; init; }

    /// <summary>Whether the picture is that of the source, byte for byte. Null: no.</summary>
    public bool? Passthrough { get; init; }

    /// <summary>Why the rung is not sent to anybody at present, in words. Null: it is.</summary>
    public string? Withdrawn { get; init; }
}

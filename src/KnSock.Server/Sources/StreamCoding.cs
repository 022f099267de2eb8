namespace KnSock.Server.Sources;

/// <summary>How a picture is coded and stored, in ffprobe's words. Untrusted text.</summary>
internal sealed record StreamCoding
{
    /// <summary>Names of the container, with commas between them.</summary>
    public required string Container { get; init; }

    /// <summary>Profile of the codec, such as <c>High</c>.</summary>
    public required string Profile { get; init; }

    /// <summary>Pixel format, such as <c>yuv420p</c>.</summary>
    public required string PixelFormat { get; init; }

    /// <summary><c>progressive</c>, or the order of the fields.</summary>
    public required string FieldOrder { get; init; }

    /// <summary>Whether pixels are as wide as high.</summary>
    public required bool HasSquarePixels { get; init; }

    /// <summary>Whether the picture is to be shown turned or mirrored.</summary>
    public required bool IsTurned { get; init; }
}

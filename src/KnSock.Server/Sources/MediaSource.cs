using KnSock.Media;

namespace KnSock.Server.Sources;

/// <summary>A file that a channel plays, as it was found by probing.</summary>
internal sealed record MediaSource
{
    /// <summary>Full path.</summary>
    public required string Path { get; init; }

    /// <summary>The file's own title, or its name without the extension. Untrusted text without control characters.</summary>
    public required string Title { get; init; }

    /// <summary>The picture.</summary>
    public required VideoStream Video { get; init; }

    /// <summary>Whether there is sound.</summary>
    public required bool HasAudio { get; init; }

    /// <summary>How the source can be sent as it is. Null: it cannot.</summary>
    public Passthrough? Passthrough { get; init; }

    /// <summary>Why it cannot be sent as it is, in words. Null: it can, or that was not asked.</summary>
    public string? PassthroughRefusal { get; init; }

    /// <summary>File name, by which the channel is selected.</summary>
    public string FileName => System.IO.Path.GetFileName(Path);
}

/// <summary>The picture of a source as a viewer sees it: turned upright, with square pixels.</summary>
internal sealed record VideoStream
{
    /// <summary>Codec as ffprobe names it.</summary>
    public required string Codec { get; init; }

    /// <summary>Width in square pixels after rotation.</summary>
    public required int Width { get; init; }

    /// <summary>Height in pixels after rotation.</summary>
    public required int Height { get; init; }

    /// <summary>Pixels that the decoder makes of one frame.</summary>
    public required long CodedPixels { get; init; }

    /// <summary>Frame rate that the channel is played at.</summary>
    public required FrameRate FrameRate { get; init; }

    /// <summary>Length of the picture.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Whether frames consist of two fields.</summary>
    public required bool IsInterlaced { get; init; }

    /// <summary>How it is coded and stored. Null: unknown.</summary>
    public StreamCoding? Coding { get; init; }
}

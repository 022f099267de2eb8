using KnSock.Media;

namespace KnSock.Server.Sources;

/// <summary>A source's picture that can be sent as it is: where its frames and GOPs lie.</summary>
internal sealed record Passthrough
{
    /// <summary>Time of the first picture, counted from the start of the file: the loop's zero.</summary>
    public required Timestamp Start { get; init; }

    /// <summary>Number of frames; each lies in its place on the grid of the frame rate.</summary>
    public required long FrameCount { get; init; }

    /// <summary>First frames of the GOPs, all IDR pictures; pictures before and behind one in decoding order are so in presentation too.</summary>
    public required IReadOnlyList<long> GopStarts { get; init; }

    /// <summary>The most pictures that come before another in decoding order and behind it in presentation.</summary>
    public required int ReorderDepth { get; init; }

    /// <summary>Longest time between two keyframes.</summary>
    public required TimeSpan LongestGop { get; init; }

    /// <summary>What a link must carry: the highest mean over 4 s, bit/s.</summary>
    public required int BitsPerSecond { get; init; }
}

namespace KnSock.Server;

/// <summary>What a <see cref="LiveStreamServer"/> serves, where, and within which limits.</summary>
public sealed record LiveStreamServerOptions
{
    /// <summary>Files to serve, one channel each, in the order of the catalog. Required.</summary>
    public required IReadOnlyList<string> VideoPaths { get; init; }

    /// <summary>Address to listen on; <c>0.0.0.0</c> is every IPv4 address of the machine, <c>::</c> every address.</summary>
    public string Host { get; init; } = "0.0.0.0";

    /// <summary>Port of the picture, to which clients connect first. 0 takes a free one.</summary>
    public int VideoPort { get; init; } = 8000;

    /// <summary>Port of the sound. 0 takes a free one.</summary>
    public int AudioPort { get; init; } = 8001;

    /// <summary>Port of the control connection. Null: <see cref="VideoPort"/> + 10. 0 takes a free one.</summary>
    public int? ControlPort { get; init; }

    /// <summary>Which renditions are made of a source.</summary>
    public LadderOptions Ladder { get; init; } = new();

    /// <summary>Distance between keyframes. Shorter switches rungs sooner and joins nearer to the live edge, and costs picture quality.</summary>
    public TimeSpan GopLength { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The most that is sent ahead of a viewer's playout. More rides out longer gaps and costs the viewer memory.</summary>
    public TimeSpan MaxBuffer { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>
    /// Encoded media kept in memory, bytes. A loop whose watched rungs fit is encoded once; what does not fit is encoded again when it is needed.
    /// </summary>
    public long MediaMemory { get; init; } = 512L * 1024 * 1024;

    /// <summary>Most viewer sessions at a time; further ones are refused.</summary>
    public int MaxSessions { get; init; } = 1000;

    /// <summary>For how long an encoder goes on after its last viewer left.</summary>
    public TimeSpan EncoderGrace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A connection that has not said who it is after this time is closed.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A viewer to whom nothing could be sent for this time, or who sent no feedback for it, is let go.</summary>
    public TimeSpan NoProgressTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>File to which every decision on a rendition is appended as a JSON line. Null: none.</summary>
    public string? DecisionLogPath { get; init; }

    /// <summary>Where time comes from.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}

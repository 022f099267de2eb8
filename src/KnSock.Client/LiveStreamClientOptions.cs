namespace KnSock.Client;

/// <summary>How a <see cref="LiveStreamClient"/> connects and plays.</summary>
public sealed record LiveStreamClientOptions
{
    /// <summary>Host name or address of the server.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>Port of the picture, to which the client connects first.</summary>
    public int VideoPort { get; init; } = 8000;

    /// <summary>Port of the sound. Null: the one that the server announces, 8001 on a server with default options.</summary>
    public int? AudioPort { get; init; }

    /// <summary>Port of the control connection. Null: the one that the server announces, <see cref="VideoPort"/> + 10 by default.</summary>
    public int? ControlPort { get; init; }

    /// <summary>Picture that must lie ready before playout starts, milliseconds. More rides out longer gaps and joins later.</summary>
    public int VideoBufferMs { get; init; } = 200;

    /// <summary>Sound that must lie ready before playout starts, milliseconds.</summary>
    public int AudioBufferMs { get; init; } = 200;

    /// <summary>Highest rate at which pictures are presented, frames a second. Faster channels are decoded whole and shown at this rate.</summary>
    public double VideoFps { get; init; } = 30;

    /// <summary>
    /// How far ahead of playout the server may send a channel whose future is known. More rides out longer gaps and costs memory
    /// (8 s of 5 Mbit/s are 5 MB).
    /// </summary>
    public TimeSpan MaxBuffer { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>For how long one attempt to connect may take.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>For how long a lost connection is tried to be had again before playing ends with an error; zero = not at all.</summary>
    public TimeSpan ReconnectTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Start at the beginning of the channel, on a timeline of one's own, instead of at the live edge.</summary>
    public bool FromBeginning { get; init; }

    /// <summary>Where time comes from.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}

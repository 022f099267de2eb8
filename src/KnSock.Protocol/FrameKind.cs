namespace KnSock.Protocol;

/// <summary>What the payload of a frame is.</summary>
public enum FrameKind : byte
{
    /// <summary>A <see cref="Mark"/>: where the frames that follow belong, and when they were sent.</summary>
    Mark = 1,

    /// <summary>Set-up of the decoder for the rendition that the frames that follow belong to.</summary>
    Configuration = 2,

    /// <summary>One access unit.</summary>
    AccessUnit = 3,

    /// <summary>Bytes without meaning, to be thrown away.</summary>
    Padding = 4,

    /// <summary>A control message of the server, where there is no control connection of its own: on a WebSocket.</summary>
    Message = 5,
}

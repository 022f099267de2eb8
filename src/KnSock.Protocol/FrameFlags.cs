namespace KnSock.Protocol;

/// <summary>Flags of a frame.</summary>
[Flags]
public enum FrameFlags : byte
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Decoding can start with this access unit.</summary>
    Keyframe = 1,

    /// <summary>On a mark: the frames that follow do not continue those before; decoders start anew.</summary>
    Discontinuity = 2,

    /// <summary>The frame is one of the sound, whichever connection it comes on.</summary>
    Audio = 4,
}

namespace KnSock.Server.Endpoints.Hls;

/// <summary>A media segment of the broadcast, in frames from the channel's zero; those of all renditions are the same.</summary>
/// <param name="Number">Its number; the channel's first is 0.</param>
/// <param name="FirstFrame">Its first frame in decoding order, a keyframe.</param>
/// <param name="EndFrame">The frame behind its last.</param>
/// <param name="PartFrames">Frames in each of its parts but the last.</param>
/// <param name="Parts">Number of its parts.</param>
internal readonly record struct HlsSegment(long Number, long FirstFrame, long EndFrame, int PartFrames, int Parts)
{
    /// <summary>First frame of a part; of <see cref="Parts"/>: the segment's end.</summary>
    public long PartStart(int part) => part < Parts ? FirstFrame + ((long)part * PartFrames) : EndFrame;

    /// <summary>How many of its parts lie before a frame.</summary>
    public int PartsBefore(long frame) => frame >= EndFrame ? Parts : (int)Math.Clamp((frame - FirstFrame) / PartFrames, 0, Parts - 1);
}

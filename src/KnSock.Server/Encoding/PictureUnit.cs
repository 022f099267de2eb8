using KnSock.Media;
using KnSock.Server.Sources;

namespace KnSock.Server.Encoding;

/// <summary>Makes access units of the picture from their place in the loop.</summary>
internal static class PictureUnit
{
    /// <summary>The picture with this number.</summary>
    /// <param name="timeline">The loop.</param>
    /// <param name="number">The picture's number in decoding order, by which it is decoded; not the encoder's own time, which depends on how many frames a run has.</param>
    /// <param name="frame">Its number in the order of presentation.</param>
    /// <param name="isKeyframe">Whether decoding can start here.</param>
    /// <param name="payload">Its bytes, which the unit keeps.</param>
    public static AccessUnit At(LoopTimeline timeline, long number, long frame, bool isKeyframe, byte[] payload) => new()
    {
        Kind = TrackKind.Video,
        Sequence = (uint)number,
        Pts = timeline.FrameRate.StartOf(frame),
        Dts = timeline.DecodeStart(number),
        Duration = timeline.FrameRate.StartOf(frame + 1) - timeline.FrameRate.StartOf(frame),
        IsKeyframe = isKeyframe,
        Payload = payload,
    };
}

using KnSock.Media;
using KnSock.Server.Sources;

namespace KnSock.Server.Encoding;

/// <summary>Makes access units of the sound from their place in the loop.</summary>
internal static class SoundUnit
{
    /// <summary>The unit with this number; the last of a turn ends with the turn.</summary>
    /// <param name="timeline">The loop.</param>
    /// <param name="number">The unit's number in the turn.</param>
    /// <param name="payload">Its bytes, which the unit keeps.</param>
    public static AccessUnit At(LoopTimeline timeline, long number, byte[] payload)
    {
        var pts = timeline.AudioUnitStart(number);
        var end = Timestamp.Min(timeline.AudioUnitStart(number + 1), timeline.GopStart(timeline.GopCount));
        return new AccessUnit
        {
            Kind = TrackKind.Audio,
            Sequence = (uint)number,
            Pts = pts,
            Dts = pts,
            Duration = end - pts,
            IsKeyframe = true,
            Payload = payload,
        };
    }
}

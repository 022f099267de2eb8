using KnSock.Media;
using KnSock.Protocol;

namespace KnSock.Fanout.Framing;

/// <summary>A frame whose checksums and place in the order are right.</summary>
/// <param name="Track">Picture or sound.</param>
/// <param name="Header">Its header.</param>
/// <param name="Mark">The last mark of its track; of a mark, itself.</param>
public readonly record struct VerifiedFrame(TrackKind Track, FrameHeader Header, Mark Mark)
{
    /// <summary>When it is due on the viewer's timeline, microseconds: the time at which it is decoded, which rises from unit to unit.</summary>
    public long DueMicroseconds => Mark.TurnStart.Microseconds + Header.Dts.Microseconds;

    /// <summary>When it is presented on the viewer's timeline, microseconds.</summary>
    public long StartMicroseconds => Mark.TurnStart.Microseconds + Header.Pts.Microseconds;
}

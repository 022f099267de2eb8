using KnSock.Media;
using KnSock.Protocol;
using KnSock.Server.Sources;
using KnSock.Simulation.Policies;

namespace KnSock.Simulation.Viewers;

/// <summary>Tells of each GOP that has arrived whole, with the sound that came between its pictures.</summary>
/// <param name="timeline">The channel's.</param>
/// <param name="oneWay">How long a byte is under way on an empty link.</param>
/// <param name="listener">Whom to tell.</param>
internal sealed class GopArrivals(LoopTimeline timeline, TimeSpan oneWay, IDeliveryListener listener)
{
    private (int Gop, int Rung, long From, TimeSpan Began, Burst Keyframe)? _current;
    private long _padding;

    /// <summary>A frame has arrived.</summary>
    public void Add(in PassingFrame frame, TimeSpan now)
    {
        if (frame.Header.Kind == FrameKind.Padding)
        {
            _padding += FrameHeader.Size + frame.Header.Length;
        }

        if (frame.Kind != TrackKind.Video || frame.Header.Kind != FrameKind.AccessUnit)
        {
            return;
        }

        var gop = timeline.GopOf(frame.Header.Sequence);
        if (frame.Header.Flags.HasFlag(FrameFlags.Keyframe))
        {
            _padding = 0;
            var size = FrameHeader.Size + frame.Header.Length;
            _current = (gop, frame.Header.Rendition, frame.End - size, frame.Began, new Burst(size, now - frame.Began - oneWay));
        }

        if (_current is var (of, rung, from, began, keyframe) && of == gop && frame.Header.Sequence == timeline.FirstFrame(gop + 1) - 1)
        {
            listener.OnDelivered(new GopDelivery(rung, frame.End - from - _padding, began, now, timeline.GopStart(gop + 1) - timeline.GopStart(gop)) { Keyframe = keyframe });
            _current = null;
        }
    }
}

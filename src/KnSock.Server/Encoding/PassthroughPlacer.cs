using System.Buffers;
using KnSock.Media;
using KnSock.Media.H264;
using KnSock.Media.Mp4;
using KnSock.Server.Sources;

namespace KnSock.Server.Encoding;

/// <summary>
/// Gives the source's own packets their place on the loop's timeline, by their time, since a run begins at a keyframe somewhere before the one
/// asked for. That the frames are all there and in place was seen when the source was examined; what is checked here is that it still is so.
/// </summary>
internal sealed class PassthroughPlacer(LoopTimeline timeline, Passthrough passthrough, int firstGop, int endGop) : IUnitPlacer
{
    private readonly long _first = timeline.FirstFrame(firstGop);
    private readonly long _end = timeline.FirstFrame(endGop);
    private readonly Timestamp _zero = passthrough.Start + PassthroughArguments.TimeOffset;
    private long? _next;
    private int? _lengthSize;

    /// <inheritdoc/>
    public bool IsComplete => _next >= _end;

    /// <inheritdoc/>
    public long Missing => Math.Max(0, _end - (_next ?? _first));

    /// <inheritdoc/>
    public AccessUnit? Place(Fmp4Sample sample, Fmp4Track track)
    {
        var frame = FrameOf(sample.Pts, track.Timescale);
        if (IsComplete || (_next is null && frame != _first))
        {
            return null;
        }

        var number = _next ?? _first;
        _next = number + 1;
        var payload = sample.Payload.ToArray();
        var isKeyframe = IsIdr(payload, track);
        var beginsGop = number == timeline.FirstFrame(timeline.GopOf(number));
        if (frame < number - passthrough.ReorderDepth || (beginsGop && (frame != number || !isKeyframe)))
        {
            throw new EncoderException($"frame {number} is not where it was; the file was changed");
        }

        return PictureUnit.At(timeline, number, frame, isKeyframe, payload);
    }

    /// <summary>Not by the container's word, which also names pictures that need some before them.</summary>
    private bool IsIdr(ReadOnlySpan<byte> payload, Fmp4Track track)
    {
        try
        {
            _lengthSize ??= AvcConfiguration.Read(track.Configuration.Setup.Span).LengthSize;
            foreach (var unit in new NalUnits(payload, _lengthSize.Value))
            {
                if (NalUnits.TypeOf(unit) == NalUnitType.InstantaneousRefreshSlice)
                {
                    return true;
                }
            }

            return false;
        }
        catch (MediaFormatException e)
        {
            throw new EncoderException($"a picture of the source could not be read: {e.Message}", e);
        }
    }

    private long FrameOf(long time, uint timescale) =>
        (long)Math.Round((((double)time / timescale) - _zero.TotalSeconds) * timeline.FrameRate.PerSecond);
}

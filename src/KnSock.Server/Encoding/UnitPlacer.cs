using System.Buffers;
using KnSock.Media;
using KnSock.Media.Mp4;
using KnSock.Server.Sources;

namespace KnSock.Server.Encoding;

/// <summary>Gives the samples of an encoder run their place on the loop's timeline, counted in frames, so that no rounding adds up.</summary>
internal sealed class UnitPlacer(LoopTimeline timeline, TrackKind kind, int firstGop, int endGop) : IUnitPlacer
{
    private readonly long _end = kind == TrackKind.Video ? timeline.FirstFrame(endGop) : timeline.FirstAudioUnit(endGop);
    private long _next = kind == TrackKind.Video
        ? timeline.FirstFrame(firstGop)
        : timeline.FirstAudioUnit(firstGop) - SoundArguments.UnitsBefore;

    private readonly long _firstWanted = kind == TrackKind.Video ? timeline.FirstFrame(firstGop) : timeline.FirstAudioUnit(firstGop);
    private long? _origin;

    /// <inheritdoc/>
    public bool IsComplete => _next >= _end;

    /// <inheritdoc/>
    public long Missing => Math.Max(0, _end - _next);

    /// <inheritdoc/>
    public AccessUnit? Place(Fmp4Sample sample, Fmp4Track track)
    {
        var number = _next++;
        if (number < _firstWanted || number >= _end)
        {
            return null;
        }

        return kind == TrackKind.Video ? Picture(sample, track.Timescale, number) : SoundUnit.At(timeline, number, sample.Payload.ToArray());
    }

    private AccessUnit Picture(Fmp4Sample sample, uint timescale, long number)
    {
        _origin ??= sample.Pts;
        var isKeyframe = number == timeline.FirstFrame(timeline.GopOf(number));
        if (isKeyframe != sample.IsKeyframe)
        {
            throw new EncoderException($"frame {number} should {(isKeyframe ? "" : "not ")}be a keyframe");
        }

        var frame = FrameOf(sample.Pts, timescale);
        if (frame < number - LoopTimeline.DeepestReordering)
        {
            throw new EncoderException($"frame {frame} comes after {number - frame} that are presented behind it");
        }

        return PictureUnit.At(timeline, number, frame, isKeyframe, sample.Payload.ToArray());
    }

    private long FrameOf(long time, uint timescale) =>
        _firstWanted + (long)Math.Round((double)(time - _origin!.Value) * timeline.FrameRate.PerSecond / timescale);
}

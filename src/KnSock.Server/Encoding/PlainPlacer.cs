using System.Buffers;
using KnSock.Media;
using KnSock.Media.Mp4;
using KnSock.Server.Sources;

namespace KnSock.Server.Encoding;

/// <summary>Gives units that stand each for itself, JPEG pictures and samples as they are, their place on the loop's timeline by counting them.</summary>
internal sealed class PlainPlacer(LoopTimeline timeline, TrackKind kind, int firstGop, int endGop) : IUnitPlacer
{
    private readonly long _end = kind == TrackKind.Video ? timeline.FirstFrame(endGop) : timeline.FirstAudioUnit(endGop);
    private long _next = kind == TrackKind.Video ? timeline.FirstFrame(firstGop) : timeline.FirstAudioUnit(firstGop);

    /// <inheritdoc/>
    public bool IsComplete => _next >= _end;

    /// <inheritdoc/>
    public long Missing => Math.Max(0, _end - _next);

    /// <inheritdoc/>
    public AccessUnit? Place(Fmp4Sample sample, Fmp4Track track)
    {
        if (IsComplete)
        {
            return null;
        }

        var number = _next++;
        if (kind == TrackKind.Video)
        {
            return PictureUnit.At(timeline, number, number, isKeyframe: true, sample.Payload.ToArray());
        }

        if (track.Configuration is not AudioConfiguration { Channels: var channels } || sample.Payload.Length != AudioRendition.SamplesPerUnit * channels * sizeof(short))
        {
            throw new EncoderException($"unit {number} of the sound has {sample.Payload.Length} bytes");
        }

        return SoundUnit.At(timeline, number, sample.Payload.ToArray());
    }
}

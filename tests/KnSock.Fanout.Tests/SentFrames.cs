using KnSock.Media;
using KnSock.Protocol;

namespace KnSock.Fanout.Tests;

/// <summary>Frames as a server sends them on one connection, 30 pictures and 50 units of sound a second.</summary>
internal sealed class SentFrames
{
    public const long PictureMicroseconds = 33_333;
    public const long SoundMicroseconds = 20_000;

    private readonly List<byte> _bytes = [];
    private readonly Dictionary<TrackKind, uint> _marks = [];

    public byte[] Bytes => [.. _bytes];

    public SentFrames Mark(
        TrackKind track = TrackKind.Video, int rendition = 0, long turnStart = 0, bool discontinuity = false, uint selection = 1, uint? sequence = null)
    {
        var frame = new byte[FrameWriter.MarkSize];
        var mark = new Mark { Selection = selection, TurnStart = new Timestamp(turnStart), SendTime = default, LiveEdge = default };
        FrameWriter.Mark(frame, mark, track, rendition, sequence ?? _marks.GetValueOrDefault(track), discontinuity);
        _marks[track] = _marks.GetValueOrDefault(track) + 1;
        _bytes.AddRange(frame);
        return this;
    }

    public SentFrames Configuration(TrackKind track = TrackKind.Video, int rendition = 0)
    {
        _bytes.AddRange(FrameWriter.Configuration(
            track == TrackKind.Audio
                ? new AudioConfiguration { Codec = "mp4a.40.2", Setup = new byte[] { 0x11, 0x90 }, Channels = 2, SampleRate = 48_000 }
                : new VideoConfiguration { Codec = "avc1.64001f", Setup = new byte[50], Width = 1280, Height = 720 },
            rendition));
        return this;
    }

    public SentFrames Picture(uint sequence, bool keyframe = false, int rendition = 0, int size = 300)
    {
        var dts = (sequence - 2L) * PictureMicroseconds;
        return Unit(TrackKind.Video, sequence, keyframe, dts, dts + (2 * PictureMicroseconds), PictureMicroseconds, rendition, size);
    }

    public SentFrames Sound(uint sequence) =>
        Unit(TrackKind.Audio, sequence, keyframe: true, sequence * SoundMicroseconds, sequence * SoundMicroseconds, SoundMicroseconds, 0, 90);

    public SentFrames Start(int rendition = 0) => Mark(rendition: rendition, discontinuity: true).Configuration(rendition: rendition);

    public SentFrames SoundStart() => Mark(TrackKind.Audio, discontinuity: true).Configuration(TrackKind.Audio);

    private SentFrames Unit(TrackKind track, uint sequence, bool keyframe, long dts, long pts, long duration, int rendition, int size)
    {
        _bytes.AddRange(FrameWriter.AccessUnit(
            new AccessUnit
            {
                Kind = track,
                IsKeyframe = keyframe,
                Sequence = sequence,
                Dts = new Timestamp(dts),
                Pts = new Timestamp(pts),
                Duration = TimeSpan.FromMicroseconds(duration),
                Payload = Enumerable.Range(0, size).Select(i => (byte)(i + sequence)).ToArray(),
            },
            rendition));
        return this;
    }
}

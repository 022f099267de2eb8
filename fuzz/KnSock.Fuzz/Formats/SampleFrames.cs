using KnSock.Media;
using KnSock.Protocol;

namespace KnSock.Fuzz.Formats;

/// <summary>A stream of frames as a server sends it on a shared connection, with little pictures.</summary>
internal static class SampleFrames
{
    private const int PicturesASecond = 30;
    private const int SampleRate = 48_000;

    /// <summary>Set-up of the picture, from the golden vectors.</summary>
    public static VideoConfiguration Video { get; } = (VideoConfiguration)ConfigurationPayload.Read(Vectors.Named("frames", "frames", "configuration-video").AsSpan(FrameHeader.Size));

    /// <summary>Set-up of AAC-LC, stereo, 48 kHz.</summary>
    public static AudioConfiguration Audio { get; } = new() { Codec = "mp4a.40.2", Setup = new byte[] { 0x11, 0x90 }, SampleRate = SampleRate, Channels = 2 };

    /// <summary>The stream.</summary>
    public static byte[] Of(double seconds)
    {
        var frames = new List<byte[]> { Mark(TrackKind.Video), Mark(TrackKind.Audio), FrameWriter.Configuration(Video, 0), FrameWriter.Configuration(Audio, 0) };
        frames.AddRange(Pictures(seconds).Concat(Sound(seconds)).OrderBy(u => u.Dts).Select(u => FrameWriter.AccessUnit(u, 0)));
        return [.. frames.SelectMany(f => f)];
    }

    /// <summary>Pictures, a keyframe each second.</summary>
    public static IEnumerable<AccessUnit> Pictures(double seconds) => Enumerable.Range(0, (int)(seconds * PicturesASecond)).Select(i => new AccessUnit
    {
        Kind = TrackKind.Video,
        Sequence = (uint)i,
        Pts = Timestamp.FromUnits(i, PicturesASecond),
        Dts = Timestamp.FromUnits(i - 2, PicturesASecond),
        Duration = Timestamp.FromUnits(1, PicturesASecond).SinceZero,
        IsKeyframe = i % PicturesASecond == 0,
        Payload = new byte[] { 0, 0, 0, 3, (byte)(i % PicturesASecond == 0 ? 0x65 : 0x41), (byte)i, 1 },
    });

    /// <summary>Units of sound.</summary>
    public static IEnumerable<AccessUnit> Sound(double seconds) => Enumerable.Range(0, (int)(seconds * SampleRate / 1024)).Select(i => new AccessUnit
    {
        Kind = TrackKind.Audio,
        Sequence = (uint)i,
        Pts = Timestamp.FromUnits(i * 1024L, SampleRate),
        Dts = Timestamp.FromUnits(i * 1024L, SampleRate),
        Duration = Timestamp.FromUnits(1024, SampleRate).SinceZero,
        IsKeyframe = true,
        Payload = new byte[] { 0x21, (byte)i, 4, 5 },
    });

    private static byte[] Mark(TrackKind track)
    {
        var frame = new byte[FrameWriter.MarkSize];
        FrameWriter.Mark(frame, new Mark { Selection = 1, TurnStart = default, SendTime = default, LiveEdge = default }, track, 0, 0, discontinuity: true);
        return frame;
    }
}

using System.Buffers.Binary;
using System.Runtime.InteropServices;
using KnSock.Media;
using KnSock.Protocol.Legacy;
using KnSock.Server.Adaptation;
using KnSock.Server.Channels;
using KnSock.Server.Encoding;
using KnSock.Server.Loops;
using KnSock.Server.Sessions;
using KnSock.Server.Sources;
using KnSock.Server.Tests.Channels;

namespace KnSock.Server.Tests.Endpoints.Legacy;

/// <summary>Media for kn-sock's clients of which all lies ready, unless a test fills it by itself. A picture tells its number and rung, a sample its number within the turn.</summary>
internal static class FilledLegacy
{
    public const int Rungs = 2;

    private const int PictureBytes = 1000;

    public static LegacyMedia Create(FrameRate rate, double seconds, bool isFilled = true, int bitsPerSecond = 1_000_000, int[]? pictureBytes = null)
    {
        var timeline = Make.Timeline(rate, seconds).WithSampleRate(LegacyAudioFrame.SampleRate);
        RenditionTrack[] pictures = [.. Enumerable.Range(0, Rungs).Select(index => Track(Picture(index, bitsPerSecond * (index + 1)), timeline))];
        var sound = Track(new PcmRendition { Index = 0, Name = "samples", BitsPerSecond = 1_411_200, SampleRate = LegacyAudioFrame.SampleRate, Channels = LegacyAudioFrame.Channels }, timeline);
        foreach (var track in isFilled ? pictures.Append(sound) : [])
        {
            for (var gop = 0; gop < timeline.GopCount; gop++)
            {
                Fill(track, gop, pictureBytes?[track.Rendition.Index] ?? PictureBytes);
            }
        }

        return new LegacyMedia { Pictures = pictures, Sound = sound, Timeline = timeline, Encode = new FakeEncoder(timeline).EncodeAsync };
    }

    public static void Fill(RenditionTrack track, int index, int pictureBytes = PictureBytes)
    {
        var (timeline, kind) = (track.Timeline, track.Rendition.Kind);
        if (timeline.UnitsIn(kind, index) == 0)
        {
            return;
        }

        var gop = track.TryBegin(index, kind == TrackKind.Video ? Make.VideoSetup() : Make.AudioSetup)!;
        for (var unit = 0; unit < timeline.UnitsIn(kind, index); unit++)
        {
            track.Append(gop, kind == TrackKind.Video
                ? PictureUnit.At(timeline, timeline.FirstFrame(index) + unit, timeline.FirstFrame(index) + unit, isKeyframe: true, PictureOf(track.Rendition.Index, timeline.FirstFrame(index) + unit, pictureBytes))
                : SoundUnit.At(timeline, timeline.FirstAudioUnit(index) + unit, Samples(timeline.FirstAudioUnit(index) + unit)));
        }
    }

    private static RenditionTrack Track(Rendition rendition, LoopTimeline timeline) => new(rendition, timeline, new MediaMemory(long.MaxValue), 3);

    private static JpegRendition Picture(int index, int bitsPerSecond) =>
        new() { Index = index, Name = $"90p-jpeg-{40 + index}", BitsPerSecond = bitsPerSecond, Width = 160, Height = 90, Quality = 40 + index };

    private static byte[] PictureOf(int rung, long frame, int size)
    {
        var bytes = new byte[size];
        BinaryPrimitives.WriteInt64BigEndian(bytes, frame);
        bytes[8] = (byte)rung;
        return bytes;
    }

    private static byte[] Samples(long unit) =>
        MemoryMarshal.AsBytes<uint>([.. Enumerable.Range(0, AudioRendition.SamplesPerUnit).Select(i => (uint)((unit * AudioRendition.SamplesPerUnit) + i))]).ToArray();
}

/// <summary>Takes as many bytes as there is room for.</summary>
internal sealed class ByteSink : IMediaConnection
{
    private readonly List<byte> _bytes = [];

    /// <summary>Bytes that there is room for.</summary>
    public long Room { get; set; } = long.MaxValue;

    public TimeSpan? WaitingSince => null;

    /// <summary>Takes out the first bytes. Null: so many have not come.</summary>
    public byte[]? Take(int count)
    {
        if (_bytes.Count < count)
        {
            return null;
        }

        var taken = _bytes.GetRange(0, count).ToArray();
        _bytes.RemoveRange(0, count);
        return taken;
    }

    public int Write(Segments segments)
    {
        var sent = 0;
        for (var i = 0; i < segments.Count; i++)
        {
            var taken = Write(segments[i].Span);
            sent += taken;
            if (taken < segments[i].Length)
            {
                break;
            }
        }

        return sent;
    }

    public int Write(ReadOnlySpan<byte> bytes)
    {
        var taken = (int)Math.Min(Room, bytes.Length);
        Room -= taken;
        _bytes.AddRange(bytes[..taken]);
        return taken;
    }

    public LinkSample Sample(TimeSpan now) => default;

    public void AllowMore(bool more)
    {
    }
}

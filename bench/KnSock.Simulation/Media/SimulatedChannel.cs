using KnSock.Media;
using KnSock.Server;
using KnSock.Server.Channels;
using KnSock.Server.Encoding;
using KnSock.Server.Sources;
using KnSock.Simulation.Results;

namespace KnSock.Simulation.Media;

/// <summary>A channel of the production server of which all lies ready, with units that weigh what those of an encoded video do. Any number of runs may read it at a time.</summary>
internal sealed class SimulatedChannel
{
    /// <summary>Marks and framing of each viewer, bit/s, as the server reckons with.</summary>
    private const double FramingRate = 35_000;

    private const int SampleRate = 48_000;

    private static readonly int? LowRate = new LadderOptions().LowAudioBitsPerSecond;

    private readonly byte[] _payload;

    /// <summary>Creates the channel.</summary>
    /// <param name="media">What its units weigh.</param>
    /// <param name="hasLowSound">Whether it has the sound for poor links, too.</param>
    public SimulatedChannel(MediaSizes media, bool hasLowSound = true)
    {
        Media = media;
        _payload = new byte[Math.Max(media.Rungs.Max(r => r.Pictures.Max(p => p.Bytes)), media.Sound.DefaultIfEmpty().Max())];
        var timeline = new LoopTimeline(media.FrameRate, media.FrameRate.StartOf(media.Pictures).SinceZero, media.FrameRate.StartOf(media.GopFrames).SinceZero, SampleRate);
        var ladder = LadderOf(media, hasLowSound);
        var memory = new MediaMemory(long.MaxValue);
        Channel = new Channel(
            0,
            new ChannelMedia
            {
                Name = "simulated",
                Source = SourceOf(media, timeline),
                Timeline = timeline,
                Ladder = ladder,
                Encode = (_, _) => throw new InvalidOperationException("all is encoded"),
                Video = [.. ladder.Video.Select(r => Pictures(new RenditionTrack(r, timeline, memory, leadGops: 3), media.Rungs[r.Index]))],
                Audio = Sound(new RenditionTrack(ladder.Audio, timeline, memory, leadGops: 3)),
                LowAudio = ladder.LowAudio is { } low ? Sound(new RenditionTrack(low, timeline, memory, leadGops: 3)) : null,
            },
            [],
            Timestamp.Zero,
            new AsyncSignal());
        Rates = [.. ladder.Video.Select(r => r.BitsPerSecond + ladder.Audio.BitsPerSecond + FramingRate)];
        PictureKbps = [.. ladder.Video.Select(r => r.BitsPerSecond / 1000.0)];
        Quality = new Quality(PictureKbps);
    }

    /// <summary>What its units weigh.</summary>
    public MediaSizes Media { get; }

    /// <summary>The production server's channel.</summary>
    public Channel Channel { get; }

    /// <summary>Rate of each rung on the wire, sound and framing included, bit/s, lowest first.</summary>
    public IReadOnlyList<double> Rates { get; }

    /// <summary>Rate of each rung's pictures, kbit/s.</summary>
    public IReadOnlyList<double> PictureKbps { get; }

    /// <summary>What its rungs are worth.</summary>
    public Quality Quality { get; }

    /// <summary>The rung that a unit with this set-up belongs to.</summary>
    public static int RungOf(DecoderConfiguration setup) => setup.Setup.Span[0];

    private static Ladder LadderOf(MediaSizes media, bool hasLowSound) => new()
    {
        Video =
        [
            .. media.Rungs.Select((rung, index) => new VideoRendition
            {
                Index = index,
                Name = rung.Name,
                Width = rung.Width,
                Height = rung.Height,
                FrameRate = media.FrameRate,
                BitsPerSecond = rung.BitsPerSecond,
            }),
        ],
        Audio = SoundOf("stereo", media.SoundBitsPerSecond),
        LowAudio = hasLowSound && LowRate < media.SoundBitsPerSecond ? SoundOf("sound-low", LowRate.Value) : null,
    };

    private static AudioRendition SoundOf(string name, int bitsPerSecond) =>
        new() { Index = 0, Name = name, BitsPerSecond = bitsPerSecond, SampleRate = SampleRate, Channels = 2 };

    private static MediaSource SourceOf(MediaSizes media, LoopTimeline timeline) => new()
    {
        Path = "simulated",
        Title = "simulated",
        HasAudio = true,
        Video = new VideoStream
        {
            Codec = "h264",
            Width = media.Rungs[^1].Width,
            Height = media.Rungs[^1].Height,
            CodedPixels = (long)media.Rungs[^1].Width * media.Rungs[^1].Height,
            FrameRate = media.FrameRate,
            Duration = timeline.Duration,
            IsInterlaced = false,
        },
    };

    private RenditionTrack Pictures(RenditionTrack track, RungSizes rung)
    {
        var timeline = track.Timeline;
        var setup = new VideoConfiguration { Codec = "avc1.64001f", Setup = new[] { (byte)track.Rendition.Index }, Width = rung.Width, Height = rung.Height };
        for (var index = 0; index < timeline.GopCount; index++)
        {
            var gop = track.TryBegin(index, setup)!;
            for (var number = timeline.FirstFrame(index); number < timeline.FirstFrame(index + 1); number++)
            {
                var picture = rung.Pictures[(int)number];
                var unit = PictureUnit.At(timeline, number, number + picture.Shift, number == timeline.FirstFrame(index), []);
                track.Append(gop, unit with { Payload = _payload.AsMemory(0, picture.Bytes) });
            }
        }

        return track;
    }

    private RenditionTrack Sound(RenditionTrack track)
    {
        var timeline = track.Timeline;
        var setup = new AudioConfiguration { Codec = "mp4a.40.2", Setup = new byte[] { 0 }, SampleRate = SampleRate, Channels = 2 };
        for (var index = 0; index < timeline.GopCount; index++)
        {
            var gop = timeline.UnitsIn(TrackKind.Audio, index) > 0 ? track.TryBegin(index, setup) : null;
            for (var number = timeline.FirstAudioUnit(index); gop is not null && number < timeline.FirstAudioUnit(index + 1); number++)
            {
                var pts = timeline.AudioUnitStart(number);
                var end = Timestamp.Min(timeline.AudioUnitStart(number + 1), timeline.GopStart(timeline.GopCount));
                track.Append(gop, new AccessUnit
                {
                    Kind = TrackKind.Audio,
                    Sequence = (uint)number,
                    Pts = pts,
                    Dts = pts,
                    Duration = end - pts,
                    IsKeyframe = true,
                    Payload = _payload.AsMemory(0, (int)((long)Media.Sound[(int)(number % Media.Sound.Count)] * track.Rendition.BitsPerSecond / Media.SoundBitsPerSecond)),
                });
            }
        }

        return track;
    }
}

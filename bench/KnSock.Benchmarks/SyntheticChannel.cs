using KnSock.Media;
using KnSock.Server;
using KnSock.Server.Channels;
using KnSock.Server.Sources;

namespace KnSock.Benchmarks;

/// <summary>A channel of ten seconds with one rung of 2.5 Mbit/s and sound of 128 kbit/s, of which all lies in memory.</summary>
internal static class SyntheticChannel
{
    public const int UnitsPerSecond = 30 + 47;

    private const int Rate = 48_000;
    private const int Seconds = 10;

    public static Channel Create()
    {
        var timeline = new LoopTimeline(new FrameRate(30, 1), TimeSpan.FromSeconds(Seconds), TimeSpan.FromSeconds(1), Rate);
        var rung = new VideoRendition { Index = 0, Name = "720p", Width = 1280, Height = 720, FrameRate = timeline.FrameRate, BitsPerSecond = 2_500_000 };
        var sound = new AudioRendition { Index = 0, Name = "stereo", BitsPerSecond = 128_000, SampleRate = Rate, Channels = 2 };
        var memory = new MediaMemory(long.MaxValue);
        var media = new ChannelMedia
        {
            Name = "synthetic.mp4",
            Source = new MediaSource
            {
                Path = "/synthetic.mp4",
                Title = "Synthetic",
                HasAudio = true,
                Video = new VideoStream
                {
                    Codec = "h264",
                    Width = 1280,
                    Height = 720,
                    CodedPixels = 1280 * 720,
                    FrameRate = timeline.FrameRate,
                    Duration = TimeSpan.FromSeconds(Seconds),
                    IsInterlaced = false,
                },
            },
            Timeline = timeline,
            Ladder = new Ladder { Video = [rung], Audio = sound },
            Video = [Fill(new RenditionTrack(rung, timeline, memory, 3), new VideoConfiguration { Codec = "avc1.64001f", Setup = new byte[] { 1 }, Width = 1280, Height = 720 })],
            Audio = Fill(new RenditionTrack(sound, timeline, memory, 3), new AudioConfiguration { Codec = "mp4a.40.2", Setup = new byte[] { 0x11, 0x90 }, SampleRate = Rate, Channels = 2 }),
            Encode = (_, _) => throw new InvalidOperationException("all of it is there"),
        };
        return new Channel(0, media, [], Timestamp.Zero, new AsyncSignal());
    }

    private static RenditionTrack Fill(RenditionTrack track, DecoderConfiguration setup)
    {
        var (timeline, kind) = (track.Timeline, track.Rendition.Kind);
        var rate = kind == TrackKind.Video ? timeline.FrameRate : new FrameRate(Rate, AudioRendition.SamplesPerUnit);
        var payload = new byte[(int)(track.Rendition.BitsPerSecond / 8 / rate.PerSecond)];
        uint number = 0;
        for (var index = 0; index < timeline.GopCount; index++)
        {
            var gop = track.TryBegin(index, setup)!;
            for (var unit = 0; unit < timeline.UnitsIn(kind, index); unit++, number++)
            {
                var (start, end) = (rate.StartOf(number), rate.StartOf(number + 1));
                track.Append(gop, new AccessUnit
                {
                    Kind = kind, Sequence = number, Pts = start, Dts = start, Duration = end - start, IsKeyframe = kind == TrackKind.Audio || unit == 0, Payload = payload,
                });
            }
        }

        return track;
    }
}

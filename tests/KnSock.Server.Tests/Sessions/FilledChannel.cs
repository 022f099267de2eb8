using System.Buffers;
using KnSock.Media;
using KnSock.Media.Mp4;
using KnSock.Server.Channels;
using KnSock.Server.Encoding;
using KnSock.Server.Sources;
using KnSock.Server.Tests.Channels;

namespace KnSock.Server.Tests.Sessions;

/// <summary>A channel of two rungs and sound of which all lies ready, placed on the loop as what encoders give is: the pictures reordered.</summary>
internal static class FilledChannel
{
    private const int Timescale = 90_000;

    public static Channel Create(LoopTimeline timeline, LowSound lowSound = LowSound.None, int index = 0, AsyncSignal? changed = null)
    {
        VideoRendition[] rungs = [Make.Rung(0, 320, 180, timeline.FrameRate), Make.Rung(1, 640, 360, timeline.FrameRate)];
        var media = new ChannelMedia
        {
            Name = "a.mp4",
            Source = Make.Source("/a.mp4"),
            Timeline = timeline,
            Ladder = new Ladder { Video = rungs, Audio = Make.Stereo, LowAudio = lowSound == LowSound.None ? null : Make.LowSound },
            Video = [.. rungs.Select(r => Filled(r, timeline))],
            Audio = Filled(Make.Stereo, timeline),
            LowAudio = lowSound == LowSound.None ? null : lowSound == LowSound.Missing ? Empty(Make.LowSound, timeline) : Filled(Make.LowSound, timeline),
            Encode = new FakeEncoder(timeline).EncodeAsync,
        };
        return new Channel(index, media, [], Timestamp.Zero, changed ?? new AsyncSignal());
    }

    private static RenditionTrack Filled(Rendition rendition, LoopTimeline timeline)
    {
        var track = Empty(rendition, timeline);
        // Each GOP by a run of its own.
        for (var gop = 0; gop < timeline.GopCount; gop++)
        {
            if (timeline.UnitsIn(rendition.Kind, gop) > 0)
            {
                Fill(track, gop);
            }
        }

        return track;
    }

    private static RenditionTrack Empty(Rendition rendition, LoopTimeline timeline) => new(rendition, timeline, new MediaMemory(long.MaxValue), 3);

    /// <summary>Makes a GOP of a track.</summary>
    public static void Fill(RenditionTrack track, int index)
    {
        var (timeline, kind) = (track.Timeline, track.Rendition.Kind);
        var placer = new UnitPlacer(timeline, kind, index, index + 1);
        DecoderConfiguration setup = kind == TrackKind.Video ? Make.VideoSetup(track.Rendition.Index) : Make.AudioSetup;
        var gop = track.TryBegin(index, setup)!;
        foreach (var (presented, number) in PresentedNumbers(track, index).Select((p, i) => (p, i)))
        {
            var payload = new ReadOnlySequence<byte>(track.Rendition == Make.LowSound ? [1] : [1, 2, 3]);
            var sample = new Fmp4Sample(Time(number), Time(presented), 0, kind == TrackKind.Audio || number == 0, payload, 0);
            if (placer.Place(sample, new Fmp4Track(setup, Timescale)) is { } unit)
            {
                track.Append(gop, unit);
            }
        }

        Assert.True(gop.IsComplete);
        long Time(long frame) => timeline.FrameRate.StartOf(frame).ToUnits(Timescale);
    }

    /// <summary>The units in decoding order; the lower rung has two B-pictures of which one is referred to, the higher none.</summary>
    private static IEnumerable<int> PresentedNumbers(RenditionTrack track, int gop)
    {
        var count = track.Timeline.UnitsIn(track.Rendition.Kind, gop);
        if (track.Rendition.Kind == TrackKind.Audio)
        {
            var before = SoundArguments.UnitsBefore;
            return Enumerable.Range(0, count + before);
        }

        return track.Rendition.Index == 1
            ? Enumerable.Range(0, count)
            : Enumerable.Range(1, Math.Max(0, count - 1)).Chunk(3).SelectMany(three => three.Reverse()).Prepend(0);
    }
}

/// <summary>What there is of the low sound.</summary>
internal enum LowSound
{
    /// <summary>The channel has none.</summary>
    None,

    /// <summary>Nothing is encoded.</summary>
    Missing,

    /// <summary>All of it.</summary>
    Filled,
}

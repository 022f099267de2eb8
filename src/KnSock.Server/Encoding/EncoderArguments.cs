using System.Globalization;
using KnSock.Media;
using KnSock.Server.Sources;

namespace KnSock.Server.Encoding;

/// <summary>Composes ffmpeg's arguments for one rendition from one GOP on to the end of the turn.</summary>
/// <remarks>
/// Runs that begin at different GOPs must make the same frames. So a run seeks to a whole number of frames before its first one, brings
/// the frames onto the constant grid from there, and only then cuts: the grid is the same wherever it began.
/// </remarks>
internal static class EncoderArguments
{
    /// <summary>Decoded before the first frame of a run, so that containers that seek roughly still have it.</summary>
    private const double PrerollSeconds = 2;

    /// <summary>AAC units that the encoder gives out before the first one asked for: its priming, and one to be in swing.</summary>
    public static int AudioUnitsBefore(long firstUnit) => firstUnit == 0 ? 1 : 2;

    public static IReadOnlyList<string> Video(MediaSource source, LoopTimeline timeline, VideoRendition rendition, int firstGop, string preset)
    {
        var firstFrame = timeline.FirstFrame(firstGop);
        var preroll = Math.Min(firstFrame, (long)Math.Ceiling(PrerollSeconds * timeline.FrameRate.PerSecond));
        var kbps = rendition.BitsPerSecond / 1000;
        return
        [
            .. Common,
            .. Seek(timeline.FrameRate.StartOf(firstFrame - preroll)),
            // From the keyframe before, not from the position itself: a frame that is held for long may have begun before the preroll.
            "-noaccurate_seek", .. InputGuard.Options, "-i", InputGuard.Url(source.Path),
            // V: a cover is a picture stream too, and may be the first.
            "-map", "0:V:0", "-an", "-sn", "-dn",
            "-vf", VideoFilter(source, timeline, rendition, preroll),
            "-frames:v", Text(timeline.FrameCount - firstFrame),
            "-c:v", "libx264", "-preset", preset, "-profile:v", "high", "-pix_fmt", "yuv420p",
            "-b:v", $"{kbps}k", "-maxrate", $"{kbps * 6 / 5}k", "-bufsize", $"{kbps * 3 / 5}k",
            "-g", Text(timeline.GopFrames), "-keyint_min", Text(timeline.GopFrames), "-sc_threshold", "0", "-bf", "2", "-flags", "+cgop",
            .. Output,
        ];
    }

    public static IReadOnlyList<string> Audio(MediaSource source, LoopTimeline timeline, AudioRendition rendition, int firstGop)
    {
        var firstUnit = timeline.FirstAudioUnit(firstGop);
        var firstSample = Math.Max(0, firstUnit - 1) * AudioRendition.SamplesPerUnit;
        var preroll = Math.Min(firstSample, (long)(PrerollSeconds * rendition.SampleRate));
        var samples = (timeline.FirstAudioUnit(timeline.GopCount) * AudioRendition.SamplesPerUnit) - firstSample;
        IReadOnlyList<string> input = source.HasAudio
            ? [.. Seek(Timestamp.FromUnits(firstSample - preroll, rendition.SampleRate)), .. InputGuard.Options, "-i", InputGuard.Url(source.Path)]
            : ["-f", "lavfi", "-i", $"anullsrc=r={rendition.SampleRate}:cl=stereo"];
        return
        [
            .. Common,
            .. input,
            "-map", "0:a:0", "-vn", "-sn", "-dn",
            "-af", AudioFilter(rendition, preroll, samples),
            "-ac", Text(rendition.Channels), "-c:a", "aac", "-b:a", Text(rendition.BitsPerSecond),
            .. Output,
        ];
    }

    private static readonly string[] Common = ["-hide_banner", "-nostdin", "-v", "error"];

    private static readonly string[] Output =
    [
        "-map_metadata", "-1", "-movflags", "frag_every_frame+empty_moov+default_base_moof", "-flush_packets", "1", "-f", "mp4", "pipe:1",
    ];

    /// <summary>Holds the last picture to the end of the turn, also where a run begins behind it, and only then takes the frames from its zero on.</summary>
    private static string VideoFilter(MediaSource source, LoopTimeline timeline, VideoRendition rendition, long preroll) => string.Join(
        ',',
        [
            .. source.Video.IsInterlaced ? (string[])["yadif=deint=interlaced"] : [],
            $"fps=fps={timeline.FrameRate}",
            "tpad=stop=-1:stop_mode=clone",
            $"fps=fps={timeline.FrameRate}:start_time=0",
            .. preroll > 0 ? (string[])[$"trim=start_frame={preroll}", "setpts=PTS-STARTPTS"] : [],
            $"scale={rendition.Width}:{rendition.Height}:flags=bicubic",
            "setsar=1",
        ]);

    /// <summary>Brings the sound onto the picture's zero, fills its gaps, cuts the preroll and pads to the end of the turn.</summary>
    private static string AudioFilter(AudioRendition rendition, long preroll, long samples) => string.Join(
        ',',
        [
            $"aresample={rendition.SampleRate}:async=1:min_hard_comp=0.02:first_pts=0",
            "aformat=sample_fmts=fltp:channel_layouts=stereo",
            .. preroll > 0 ? (string[])[$"atrim=start_sample={preroll}", "asetpts=N/SR/TB"] : [],
            "apad",
            $"atrim=end_sample={samples}",
        ]);

    private static string[] Seek(Timestamp position) => position > Timestamp.Zero ? ["-ss", position.TotalSeconds.ToString("0.000000", CultureInfo.InvariantCulture)] : [];

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}

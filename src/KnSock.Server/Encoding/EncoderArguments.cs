using System.Globalization;
using KnSock.Media;
using KnSock.Server.Sources;

namespace KnSock.Server.Encoding;

/// <summary>Composes ffmpeg's arguments for a run over a range of GOPs.</summary>
/// <remarks>
/// Runs that begin at different GOPs must make the same frames. So a run seeks to a whole number of frames before its first one, brings
/// the frames onto the constant grid from there, and only then cuts: the grid is the same wherever it began.
/// </remarks>
internal static class EncoderArguments
{
    /// <summary>Decoded before the first frame of a run, so that containers that seek roughly still have it.</summary>
    private const double PrerollSeconds = 2;

    /// <summary>The same where an index leads to the keyframe at or before a position: room for rounding.</summary>
    private const double IndexedPrerollSeconds = 0.2;

    /// <summary>GOPs that one run may have: the times of their keyframes have to fit into an argument.</summary>
    public const int MostGops = 10_000;

    public static IReadOnlyList<string> For(MediaSource source, LoopTimeline timeline, EncoderRun run) => run.Renditions[0] switch
    {
        VideoRendition { IsPassthrough: true } => run.Renditions is [_] && source.Passthrough is { } passthrough
            ? PassthroughArguments.For(source, passthrough, timeline, run)
            : throw new InvalidOperationException("what is passed through is a run of its own"),
        VideoRendition => Video(source, timeline, run),
        AudioRendition audio => SoundArguments.For(source, timeline, audio, run),
        JpegRendition jpeg => JpegArguments.For(source, timeline, jpeg, run),
        PcmRendition samples => SoundArguments.For(source, timeline, samples, run),
        _ => throw new InvalidOperationException("a rendition is picture or sound"),
    };

    private static IReadOnlyList<string> Video(MediaSource source, LoopTimeline timeline, EncoderRun run)
    {
        var rungs = run.Renditions.Cast<VideoRendition>().ToArray();
        return
        [
            .. Common,
            .. PictureInput(source, timeline, run),
            "-filter_complex", VideoFilter(source, timeline, rungs, Preroll(source, timeline, run)),
            .. rungs.SelectMany((_, index) => (string[])["-map", $"[v{index}]"]),
            "-frames:v", Text(timeline.FirstFrame(run.EndGop) - timeline.FirstFrame(run.FirstGop)),
            "-c:v", "libx264", "-preset", run.Preset, "-profile:v", "high", "-pix_fmt", "yuv420p",
            .. rungs.SelectMany(RateOf),
            .. Keyframes(timeline, run), "-sc_threshold", "0", "-bf", "2", "-flags", "+cgop",
            .. Output,
        ];
    }

    /// <summary>The source from a little before the run's first frame.</summary>
    internal static string[] PictureInput(MediaSource source, LoopTimeline timeline, EncoderRun run) =>
    [
        .. Seek(source, timeline.FrameRate.StartOf(timeline.FirstFrame(run.FirstGop) - Preroll(source, timeline, run))),
        // From the keyframe before, not from the position itself: a frame that is held for long may have begun before the preroll.
        "-noaccurate_seek", .. InputGuard.Options, "-i", InputGuard.Url(source.Path),
    ];

    /// <summary>Frames that a run decodes before its first.</summary>
    internal static long Preroll(MediaSource source, LoopTimeline timeline, EncoderRun run) => Math.Min(
        timeline.FirstFrame(run.FirstGop), (long)Math.Ceiling((HasIndex(source) ? IndexedPrerollSeconds : PrerollSeconds) * timeline.FrameRate.PerSecond));

    private static bool HasIndex(MediaSource source) =>
        source.Video.Coding?.Container.Split(',').Any(name => name is "mov" or "matroska") == true;

    private static string[] RateOf(VideoRendition rung, int index)
    {
        var kbps = rung.BitsPerSecond / 1000;
        return [$"-b:v:{index}", $"{kbps}k", $"-maxrate:v:{index}", $"{kbps * 6 / 5}k", $"-bufsize:v:{index}", $"{kbps * 3 / 5}k"];
    }

    /// <summary>Keyframes where GOPs begin and nowhere else: by their distance, or each by its time in the run.</summary>
    private static string[] Keyframes(LoopTimeline timeline, EncoderRun run)
    {
        if (timeline.GopFrames is { } interval)
        {
            return ["-g", Text(interval), "-keyint_min", Text(interval)];
        }

        var first = timeline.FirstFrame(run.FirstGop);
        var times = Enumerable.Range(run.FirstGop + 1, run.EndGop - run.FirstGop - 1).Select(gop => ForcedTime(timeline.FrameRate, timeline.FirstFrame(gop) - first));
        string[] forced = run.EndGop - run.FirstGop > 1 ? ["-force_key_frames", string.Join(',', times)] : [];
        return ["-g", Text(timeline.FirstFrame(run.EndGop) - first + 1), "-keyint_min", "1", .. forced];
    }

    /// <summary>
    /// A time up to two fifths of a frame before it: some versions of ffmpeg take the next frame behind a time, others the nearest. As short as may be, since Linux
    /// passes no argument above 128 KiB.
    /// </summary>
    private static string ForcedTime(FrameRate frameRate, long frame)
    {
        var (latest, earliest) = (frame / frameRate.PerSecond, (frame - 0.4) / frameRate.PerSecond);
        for (var decimals = 1; decimals < 6; decimals++)
        {
            var scale = Math.Pow(10, decimals);
            if (Math.Floor(latest * scale) / scale is var time && time >= earliest)
            {
                return time.ToString($"F{decimals}", CultureInfo.InvariantCulture);
            }
        }

        return earliest.ToString("F6", CultureInfo.InvariantCulture);
    }

    internal static readonly string[] Common = ["-hide_banner", "-nostdin", "-v", "error"];

    internal static readonly string[] Output = OutputAs("mp4");

    /// <summary>Fragments of a frame each, in one of the formats that have them.</summary>
    internal static string[] OutputAs(string format) =>
    [
        "-map_metadata", "-1", "-movflags", "frag_every_frame+empty_moov+default_base_moof", "-flush_packets", "1", "-f", format, "pipe:1",
    ];

    private static string VideoFilter(MediaSource source, LoopTimeline timeline, VideoRendition[] rungs, long preroll)
    {
        var grid = Grid(source, timeline, preroll);
        string Scale(int index) => $"scale={rungs[index].Width}:{rungs[index].Height}:flags=bicubic,setsar=1[v{index}]";
        return rungs.Length == 1
            ? $"{grid},{Scale(0)}"
            : $"{grid},split={rungs.Length}{string.Concat(rungs.Select((_, index) => $"[s{index}]"))};"
                + string.Join(';', rungs.Select((_, index) => $"[s{index}]{Scale(index)}"));
    }

    /// <summary>Holds the last picture to the end of the turn, also where a run begins behind it, and only then takes the frames from its zero on.</summary>
    internal static string Grid(MediaSource source, LoopTimeline timeline, long preroll) =>
        // V: a cover is a picture stream too, and may be the first.
        "[0:V:0]" + string.Join(
            ',',
            [
                .. source.Video.IsInterlaced ? (string[])["yadif=deint=interlaced"] : [],
                $"fps=fps={timeline.FrameRate}",
                "tpad=stop=-1:stop_mode=clone",
                $"fps=fps={timeline.FrameRate}:start_time=0",
                .. preroll > 0 ? (string[])[$"trim=start_frame={preroll}", "setpts=PTS-STARTPTS"] : [],
            ]);

    /// <summary>Seeks to a position of the loop, whose zero may lie behind that of the file.</summary>
    internal static string[] Seek(MediaSource source, Timestamp position)
    {
        var place = position + (source.Passthrough?.Start ?? Timestamp.Zero).SinceZero;
        return place > Timestamp.Zero ? ["-ss", place.TotalSeconds.ToString("0.000000", CultureInfo.InvariantCulture)] : [];
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}

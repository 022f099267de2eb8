using System.Globalization;
using KnSock.Server.Sources;

namespace KnSock.Server.Encoding;

/// <summary>Composes ffmpeg's arguments for a run that takes the source's packets as they are.</summary>
/// <remarks>
/// The packets keep the times of the file, whatever is sought: <c>-copyts</c> counts from the file's own zero and <c>-start_at_zero</c> from its start, an MP4
/// without an edit list and with <c>frag_discont</c> writes them as they are. They are moved by a fixed time, since decoding times may lie before zero and an
/// MP4 has no room for such.
/// </remarks>
internal static class PassthroughArguments
{
    /// <summary>Added to all times.</summary>
    public static readonly TimeSpan TimeOffset = TimeSpan.FromSeconds(10);

    public static IReadOnlyList<string> For(MediaSource source, Passthrough passthrough, LoopTimeline timeline, EncoderRun run)
    {
        var first = timeline.FrameRate.StartOf(timeline.FirstFrame(run.FirstGop));
        // Half a frame behind the keyframe, so that rounding does not lead to the one before.
        var place = run.FirstGop == 0 ? first : first + TimeSpan.FromSeconds(0.5 / timeline.FrameRate.PerSecond);
        return
        [
            .. EncoderArguments.Common, "-copyts", "-start_at_zero",
            .. run.FirstGop == 0 ? [] : EncoderArguments.Seek(source, place),
            .. InputGuard.Options, "-i", InputGuard.Url(source.Path),
            "-map", "0:V:0", "-c", "copy",
            "-map_metadata", "-1", "-avoid_negative_ts", "disabled",
            "-output_ts_offset", TimeOffset.TotalSeconds.ToString(CultureInfo.InvariantCulture),
            "-use_editlist", "0", "-movflags", "frag_every_frame+empty_moov+default_base_moof+frag_discont",
            "-flush_packets", "1", "-f", "mp4", "pipe:1",
        ];
    }
}

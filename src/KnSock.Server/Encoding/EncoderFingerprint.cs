using System.Globalization;
using System.Security.Cryptography;
using KnSock.Media;
using KnSock.Server.Sources;

namespace KnSock.Server.Encoding;

/// <summary>Tells in one text all that determines the bytes of a rendition but the source itself, so that stored ones are used only where they fit.</summary>
internal static class EncoderFingerprint
{
    public static string Of(FfmpegTools tools, MediaSource source, LoopTimeline timeline, Rendition rendition, string preset)
    {
        // The arguments hold everything that is asked of ffmpeg; the file's name is the one thing in them that may change.
        var run = new EncoderRun { Renditions = [rendition], FirstGop = 0, EndGop = timeline.GopCount, Preset = preset };
        var arguments = EncoderArguments.For(source with { Path = "source" }, timeline, run);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"ffmpeg {tools.Version}\n{string.Join(' ', arguments)}\nframes {timeline.FrameCount} at {timeline.FrameRate}, {timeline.GopCount} GOPs {Gops(timeline)}, decoded {LoopTimeline.DeepestReordering} ahead");
    }

    private static string Gops(LoopTimeline timeline)
    {
        var starts = string.Join(',', Enumerable.Range(0, timeline.GopCount).Select(g => timeline.FirstFrame(g).ToString(CultureInfo.InvariantCulture)));
        return Convert.ToHexString(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(starts)).AsSpan(0, 16));
    }
}

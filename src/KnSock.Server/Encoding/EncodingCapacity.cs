using KnSock.Media;
using KnSock.Server.Sources;

namespace KnSock.Server.Encoding;

/// <summary>Judges from sizes and frame rates what this machine encodes in real time.</summary>
internal static class EncodingCapacity
{
    /// <summary>
    /// Pixels a second that one core encodes with x264's preset veryfast. A core of a cloud server made 85 million of busy 720p;
    /// two fifths are kept back for all else that it does.
    /// </summary>
    private const double EncodedPixelsPerCore = 50e6;

    /// <summary>Pixels a second that one core decodes and scales, of HEVC; H.264 is faster.</summary>
    private const double DecodedPixelsPerCore = 300e6;

    /// <summary>The ladder without the rungs that are too much for the machine; the lowest stays.</summary>
    public static Ladder Cap(Ladder ladder, VideoStream source, int cores) =>
        ladder with { Video = [.. ladder.Video.Where((rung, index) => index == 0 || rung.IsPassthrough || CoresFor(rung, source) <= cores)] };

    private static double CoresFor(VideoRendition rung, VideoStream source) =>
        (rung.FrameRate.PerSecond * rung.Width * rung.Height / EncodedPixelsPerCore)
        + (source.FrameRate.PerSecond * source.CodedPixels / DecodedPixelsPerCore);
}

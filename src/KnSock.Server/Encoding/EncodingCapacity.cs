using KnSock.Media;
using KnSock.Server.Sources;

namespace KnSock.Server.Encoding;

/// <summary>Judges from sizes and frame rates what this machine encodes in real time.</summary>
internal static class EncodingCapacity
{
    /// <summary>Pixels a second that one core encodes with the default preset; half of what was measured on a server core, for the noise of others.</summary>
    private const double EncodedPixelsPerCore = 45e6;

    /// <summary>Pixels a second that one core decodes.</summary>
    private const double DecodedPixelsPerCore = 250e6;

    /// <summary>The ladder without the rungs that are too much for the machine; the lowest stays.</summary>
    public static Ladder Cap(Ladder ladder, VideoStream source, int cores) =>
        ladder with { Video = [.. ladder.Video.Where((rung, index) => index == 0 || CoresFor(rung, source) <= cores)] };

    private static double CoresFor(VideoRendition rung, VideoStream source) =>
        (rung.FrameRate.PerSecond * rung.Width * rung.Height / EncodedPixelsPerCore)
        + (source.FrameRate.PerSecond * source.CodedPixels / DecodedPixelsPerCore);
}

using KnSock.Media;

namespace KnSock.Server.Sources;

/// <summary>
/// Derives the rungs of JPEG pictures: the largest size of the ladder up to 720 lines at four qualities, and below them smaller sizes at the lowest quality. A viewer's
/// quality falls first, and the size of its window only where that is not enough.
/// </summary>
internal static class JpegLadder
{
    /// <summary>Qualities with about the bits that a pixel needs at each; what a channel's pictures need is measured.</summary>
    private static readonly (int Quality, double BitsPerPixel)[] Qualities = [(40, 0.35), (60, 0.45), (75, 0.6), (90, 1.0)];

    /// <summary>JPEG needs ten times the rate of H.264: of larger pictures no usual link would carry thirty a second.</summary>
    private const double MostPixels = 1280 * 720 * 1.05;

    /// <summary>Smaller sizes that are offered.</summary>
    private const int SmallerSizes = 3;

    /// <summary>The rungs, lowest first.</summary>
    public static IReadOnlyList<JpegRendition> Derive(Ladder ladder)
    {
        var sizes = ladder.Video.DistinctBy(r => (r.Width, r.Height)).OrderBy(r => (long)r.Width * r.Height).ToArray();
        var own = Math.Max(0, Array.FindLastIndex(sizes, s => (double)s.Width * s.Height <= MostPixels));
        var rungs = sizes[Math.Max(0, own - SmallerSizes)..own].Select(s => Rung(s, Qualities[0])).Concat(Qualities.Select(q => Rung(sizes[own], q)));
        return [.. rungs.Select((rung, index) => rung with { Index = index })];
    }

    private static JpegRendition Rung(VideoRendition size, (int Quality, double BitsPerPixel) step) => new()
    {
        Index = 0,
        Name = $"{size.Name.Split('-')[0]}-jpeg-{step.Quality}",
        Width = size.Width,
        Height = size.Height,
        Quality = step.Quality,
        BitsPerSecond = (int)Math.Min(1e9, size.Width * size.Height * size.FrameRate.PerSecond * step.BitsPerPixel),
    };
}

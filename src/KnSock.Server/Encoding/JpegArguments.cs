using System.Globalization;
using KnSock.Media;
using KnSock.Server.Sources;

namespace KnSock.Server.Encoding;

/// <summary>Composes ffmpeg's arguments for a run of JPEG pictures.</summary>
/// <remarks>
/// ffmpeg's own scale of qualities is another than that of JPEG, and its tables are MPEG-1's. So it is handed the tables of ITU T.81, annex K, scaled as the Independent JPEG
/// Group's encoder does, at the one step (8) at which it uses tables as they are: a quality means here what it means elsewhere. The step of the mean of a block is always 8.
/// </remarks>
internal static class JpegArguments
{
    private const string Unscaled = "8";

    /// <summary>Table K.1 of ITU T.81, row by row.</summary>
    private static readonly int[] Luminance =
    [
        16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62,
        18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
    ];

    /// <summary>Table K.2, as far as it is not 99 throughout.</summary>
    private static readonly int[] Chrominance = [17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99, 99, 99, 47, 66];

    public static IReadOnlyList<string> For(MediaSource source, LoopTimeline timeline, JpegRendition rendition, EncoderRun run) =>
    [
        .. EncoderArguments.Common,
        .. EncoderArguments.PictureInput(source, timeline, run),
        "-filter_complex", $"{EncoderArguments.Grid(source, timeline, EncoderArguments.Preroll(source, timeline, run))},"
            // JFIF has one colour matrix and full range.
            + $"scale={rendition.Width}:{rendition.Height}:flags=bicubic:out_color_matrix=bt601:out_range=full,format=yuvj420p,setsar=1[v0]",
        "-map", "[v0]",
        "-frames:v", Text(timeline.FirstFrame(run.EndGop) - timeline.FirstFrame(run.FirstGop)),
        "-c:v", "mjpeg", "-q:v", Unscaled, "-qmin", Unscaled, "-qmax", Unscaled,
        "-intra_matrix", Scaled(Luminance, rendition.Quality), "-chroma_intra_matrix", Scaled(Chrominance, rendition.Quality),
        .. EncoderArguments.OutputAs("mov"),
    ];

    /// <summary>A table at a quality.</summary>
    private static string Scaled(int[] table, int quality)
    {
        var percent = quality < 50 ? 5000 / quality : 200 - (2 * quality);
        return string.Join(',', Enumerable.Range(0, 64).Select(i => Text(Math.Clamp((((i < table.Length ? table[i] : 99) * percent) + 50) / 100, 1, 255))));
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}

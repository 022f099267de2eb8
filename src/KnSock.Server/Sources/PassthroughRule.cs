using System.Globalization;
using KnSock.Media;

namespace KnSock.Server.Sources;

/// <summary>Says of what ffprobe tells about a source whether its picture may be sent as it is; the packets are looked at by <see cref="PacketSurvey"/>.</summary>
internal static class PassthroughRule
{
    /// <summary>The highest rate that is sent, bit/s: as much as discs have. Whose link carries less is sent an encoded rung.</summary>
    private const int MostBitsPerSecond = 40_000_000;

    /// <summary>Why the source cannot be passed through, before its packets are looked at. Null: it may be.</summary>
    public static string? RefusalOf(MediaSource source, LadderOptions options)
    {
        var video = source.Video;
        if (!options.Passthrough)
        {
            return "passing sources through is switched off";
        }

        if (video.Codec != "h264")
        {
            return $"the picture is coded as {DisplayText.Clean(video.Codec)}, not as H.264";
        }

        return video.Coding is { } coding ? RefusalOfCoding(coding) ?? RefusalOfSize(video, options) : "how it is coded is not known";
    }

    /// <summary>Why the rate is too high to be sent. Null: it is not.</summary>
    public static string? RefusalOfRate(int bitsPerSecond) =>
        bitsPerSecond > MostBitsPerSecond ? $"its rate of {Megabits(bitsPerSecond)} Mbit/s is above {Megabits(MostBitsPerSecond)} Mbit/s" : null;

    private static string? RefusalOfCoding(StreamCoding coding) => coding switch
    {
        // Others have no index to seek by, or keep their pictures in another form.
        _ when !coding.Container.Split(',').Any(name => name is "mp4" or "matroska") => "its container is neither MP4 nor Matroska",
        { PixelFormat: not "yuv420p" and not "yuvj420p" } => $"its pixels are {DisplayText.Clean(coding.PixelFormat)}, not 8-bit 4:2:0",
        { Profile: not ("Baseline" or "Constrained Baseline" or "Main" or "High") } => $"its profile is {DisplayText.Clean(coding.Profile)}",
        { FieldOrder: "unknown" or "" } => "it does not say whether the picture is interlaced",
        { FieldOrder: not "progressive" } => "the picture is interlaced",
        { IsTurned: true } => "the picture is turned or mirrored when shown",
        { HasSquarePixels: false } => "pixels are not square",
        _ => null,
    };

    private static string? RefusalOfSize(VideoStream video, LadderOptions options)
    {
        var (own, highest) = (LadderDerivation.ClassOf(video), options.Heights.Max());
        if (own > highest * LadderDerivation.SameHeight)
        {
            return $"its picture of {Math.Round(own)}p is above the highest rung of {highest}p";
        }

        if (((video.Width | video.Height) & 1) != 0)
        {
            return $"its size of {video.Width}x{video.Height} is odd";
        }

        return SourceFrameRate.Cap(video.FrameRate, options.MaxFrameRate) != video.FrameRate
            ? string.Create(CultureInfo.InvariantCulture, $"its frame rate of {video.FrameRate.PerSecond:0.##} is above {options.MaxFrameRate}")
            : null;
    }

    private static string Megabits(double bitsPerSecond) => (bitsPerSecond / 1e6).ToString("0.0", CultureInfo.InvariantCulture);
}

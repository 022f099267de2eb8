using KnSock.Media;
using KnSock.Server.Channels;
using KnSock.Server.Sources;

namespace KnSock.Server.Endpoints.Hls;

/// <summary>Codecs as RFC 6381 writes them, also of rungs of which nothing is encoded yet.</summary>
internal static class CodecNames
{
    public const string Sound = "mp4a.40.2";

    /// <summary>Pictures that an encoder lets a decoder hold: it makes pyramids of B-pictures.</summary>
    private const int HeldPictures = 4;

    // ISO 14496-10, table A-1: level_idc, macroblocks a second, in a picture and held, kbit/s.
    private static readonly (int Level, long PerSecond, long PerPicture, long Held, long Kbps)[] Levels =
    [
        (10, 1_485, 99, 396, 64), (11, 3_000, 396, 900, 192), (12, 6_000, 396, 2_376, 384), (13, 11_880, 396, 2_376, 768), (20, 11_880, 396, 2_376, 2_000),
        (21, 19_800, 792, 4_752, 4_000), (22, 20_250, 1_620, 8_100, 4_000), (30, 40_500, 1_620, 8_100, 10_000), (31, 108_000, 3_600, 18_000, 14_000),
        (32, 216_000, 5_120, 20_480, 20_000), (40, 245_760, 8_192, 32_768, 20_000), (41, 245_760, 8_192, 32_768, 50_000), (42, 522_240, 8_704, 34_816, 50_000),
        (50, 589_824, 22_080, 110_400, 135_000), (51, 983_040, 36_864, 184_320, 240_000), (52, 2_073_600, 36_864, 184_320, 240_000),
    ];

    /// <summary>The codec of a rung: what its GOPs say if one is there, otherwise what its encoder will say, or a source that is passed through.</summary>
    public static string Of(RenditionTrack track, MediaSource source)
    {
        for (var gop = 0; gop < track.Timeline.GopCount; gop++)
        {
            if (track[gop] is { } known)
            {
                return known.Configuration.Codec;
            }
        }

        var rung = (VideoRendition)track.Rendition;
        return $"avc1.{(rung.IsPassthrough ? Profile(source.Video.Coding?.Profile) : Profile(profile: null))}{Level(rung):x2}";
    }

    /// <summary>The lowest level that carries a rung, as an encoder chooses it.</summary>
    public static int Level(VideoRendition rung)
    {
        var blocks = (rung.Width + 15) / 16 * (long)((rung.Height + 15) / 16);
        // The high profile may have a quarter more (A.3.3), and rungs have a fifth more than their mean at most.
        var kbps = rung.BitsPerSecond * 1.2 / 1.25 / 1000;
        foreach (var level in Levels)
        {
            if (blocks <= level.PerPicture && blocks * rung.FrameRate.PerSecond <= level.PerSecond && blocks * HeldPictures <= level.Held && kbps <= level.Kbps)
            {
                return level.Level;
            }
        }

        return Levels[^1].Level;
    }

    private static string Profile(string? profile) => profile switch
    {
        "Baseline" => "4200",
        "Constrained Baseline" => "42c0",
        "Main" => "4d40",
        _ => "6400",
    };
}

using System.Globalization;
using System.Text;
using KnSock.Media;

namespace KnSock.Server.Endpoints.Hls;

/// <summary>The text of a multivariant playlist (RFC 8216bis, 4.4.6).</summary>
internal static class MultivariantPlaylist
{
    // What rate control allows a rung: a fifth above its mean, and a buffer of 0.6 s at once.
    private const double PeakRate = 1.2;
    private const double BurstSeconds = 0.6;

    // Bytes around each unit and around each part.
    private const int UnitOverhead = 16;
    private const int PartOverhead = 96;

    /// <summary>Writes the playlist.</summary>
    /// <param name="plan">The channel's segments.</param>
    /// <param name="rungs">The rungs on offer and their codecs, lowest first.</param>
    /// <param name="sound">The sound.</param>
    public static string Write(SegmentPlan plan, IReadOnlyList<(VideoRendition Rung, string Codec)> rungs, AudioRendition sound)
    {
        var text = new StringBuilder(1024);
        text.Append("#EXTM3U\n#EXT-X-VERSION:9\n#EXT-X-INDEPENDENT-SEGMENTS\n");
        Line(text, $"#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"sound\",NAME=\"{sound.Name}\",DEFAULT=YES,AUTOSELECT=YES,CHANNELS=\"{sound.Channels}\",URI=\"audio/index.m3u8\"");
        var soundRate = sound.BitsPerSecond + Overhead(plan, TrackKind.Audio, (double)sound.SampleRate / AudioRendition.SamplesPerUnit);
        foreach (var (rung, codec) in rungs)
        {
            var overhead = soundRate + Overhead(plan, TrackKind.Video, rung.FrameRate.PerSecond);
            var peak = (rung.BitsPerSecond * (PeakRate + (BurstSeconds / plan.ShortestSegment.TotalSeconds))) + overhead;
            Line(
                text,
                $"#EXT-X-STREAM-INF:BANDWIDTH={(long)peak},AVERAGE-BANDWIDTH={(long)(rung.BitsPerSecond + overhead)},CODECS=\"{codec},{CodecNames.Sound}\",RESOLUTION={rung.Width}x{rung.Height},FRAME-RATE={rung.FrameRate.PerSecond:0.000},AUDIO=\"sound\"");
            Line(text, $"{rung.Index}/index.m3u8");
        }

        return text.ToString();
    }

    private static double Overhead(SegmentPlan plan, TrackKind kind, double unitsPerSecond) =>
        8 * ((UnitOverhead * unitsPerSecond) + (PartOverhead / plan.PartTarget(kind).TotalSeconds));

    private static void Line(StringBuilder text, FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}

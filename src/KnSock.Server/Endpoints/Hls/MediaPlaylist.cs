using System.Globalization;
using System.Text;
using KnSock.Media;

namespace KnSock.Server.Endpoints.Hls;

/// <summary>The text of a media playlist (RFC 8216bis, 4.4); the same input always gives the same text.</summary>
internal sealed record MediaPlaylist
{
    // Parts are for those who are within three target durations of the end.
    private const int SegmentsWithParts = 2;

    // What a network and a player need at least, however short the parts are.
    private static readonly TimeSpan LeastPartHoldBack = TimeSpan.FromSeconds(1);

    public required SegmentPlan Plan { get; init; }

    public required TrackKind Kind { get; init; }

    /// <summary>Names and times of the channel.</summary>
    public required BroadcastIdentity Broadcast { get; init; }

    public required Listing Listing { get; init; }

    /// <summary>The other renditions' playlists as seen from this one.</summary>
    public required IReadOnlyList<string> Others { get; init; }

    /// <summary>Writes the playlist.</summary>
    public string Write()
    {
        var text = new StringBuilder(4096);
        var partTarget = Plan.PartTarget(Kind);
        var holdBack = TimeSpan.FromTicks(Math.Max(LeastPartHoldBack.Ticks, partTarget.Ticks * 3));
        text.Append("#EXTM3U\n#EXT-X-VERSION:9\n");
        Line(text, $"#EXT-X-TARGETDURATION:{Plan.TargetDuration}");
        Line(text, $"#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK={Seconds(holdBack)},HOLD-BACK={Plan.TargetDuration * 3}.0");
        Line(text, $"#EXT-X-PART-INF:PART-TARGET={Seconds(partTarget)}");
        Line(text, $"#EXT-X-MEDIA-SEQUENCE:{Broadcast.NumberOf(Listing.First)}");
        text.Append("#EXT-X-INDEPENDENT-SEGMENTS\n");
        Line(text, $"#EXT-X-MAP:URI=\"{Broadcast.Instance}/init.mp4\"");
        Line(text, $"#EXT-X-PROGRAM-DATE-TIME:{Broadcast.DateOf(Plan.StartOf(Kind, Plan[Listing.First].FirstFrame)).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)}");
        for (var number = Listing.First; number < Listing.End; number++)
        {
            WriteSegment(text, Plan[number]);
        }

        WriteEnd(text);
        return text.ToString();
    }

    private void WriteSegment(StringBuilder text, HlsSegment segment)
    {
        if (segment.Number >= Listing.End - SegmentsWithParts)
        {
            WriteParts(text, segment, segment.Parts);
        }

        Line(text, $"#EXTINF:{Seconds(Plan.DurationOf(Kind, segment.FirstFrame, segment.EndFrame))},");
        Line(text, $"{Broadcast.Instance}/{Broadcast.NumberOf(segment.Number)}.m4s");
    }

    private void WriteParts(StringBuilder text, HlsSegment segment, int parts)
    {
        for (var part = 0; part < parts; part++)
        {
            var (first, end) = (segment.PartStart(part), segment.PartStart(part + 1));
            // Decoding of sound may begin with any unit.
            var independent = Kind == TrackKind.Audio || Plan.IsKeyframe(first) ? ",INDEPENDENT=YES" : "";
            Line(text, $"#EXT-X-PART:DURATION={Seconds(Plan.DurationOf(Kind, first, end))},URI=\"{PartUri(segment.Number, part)}\"{independent}");
        }
    }

    private void WriteEnd(StringBuilder text)
    {
        WriteParts(text, Plan[Listing.End], Listing.Parts);
        Line(text, $"#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"{PartUri(Listing.End, Listing.Parts)}\"");
        var (last, lastPart) = Listing.Parts > 0 ? (Listing.End, Listing.Parts - 1) : (Listing.End - 1, Plan[Math.Max(0, Listing.End - 1)].Parts - 1);
        foreach (var other in Others)
        {
            Line(text, $"#EXT-X-RENDITION-REPORT:URI=\"{other}\",LAST-MSN={Broadcast.NumberOf(last)},LAST-PART={lastPart}");
        }
    }

    private string PartUri(long number, int part) => string.Create(CultureInfo.InvariantCulture, $"{Broadcast.Instance}/{Broadcast.NumberOf(number)}/{part}.m4s");

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.000###", CultureInfo.InvariantCulture);

    private static void Line(StringBuilder text, FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}

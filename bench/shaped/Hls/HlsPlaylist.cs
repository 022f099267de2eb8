using System.Globalization;
using System.Text;

namespace KnSock.Shaped.Hls;

/// <summary>A media playlist (RFC 8216) as ffmpeg wrote it, whole; and what a live one of the same segments says at a moment.</summary>
/// <param name="Head">Its lines before the first segment.</param>
/// <param name="Segments">Its segments.</param>
internal sealed record HlsPlaylist(IReadOnlyList<string> Head, IReadOnlyList<HlsSegment> Segments)
{
    /// <summary>Segments that a live playlist names: a player may be up to so far behind.</summary>
    private const int Window = 6;

    private const string Duration = "#EXTINF:";

    /// <summary>Reads one.</summary>
    public static HlsPlaylist Parse(string text)
    {
        List<string> head = [];
        List<HlsSegment> segments = [];
        double? seconds = null;
        foreach (var line in text.Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0))
        {
            if (line.StartsWith(Duration, StringComparison.Ordinal))
            {
                seconds = double.Parse(line.AsSpan(Duration.Length, line.IndexOf(',', StringComparison.Ordinal) - Duration.Length), CultureInfo.InvariantCulture);
            }
            else if (line[0] != '#' && seconds is { } known)
            {
                segments.Add(new HlsSegment(line, known));
                seconds = null;
            }
            else if (segments.Count == 0)
            {
                head.Add(line);
            }
        }

        return new HlsPlaylist(head, segments);
    }

    /// <summary>How many segments are complete so long after the broadcast began.</summary>
    public int CompleteAt(TimeSpan elapsed)
    {
        var (count, end) = (0, 0.0);
        while (count < Segments.Count && (end += Segments[count].Seconds) <= elapsed.TotalSeconds)
        {
            count++;
        }

        return count;
    }

    /// <summary>What a live playlist says at a moment: the last segments that are complete, each with the time of day at which its first picture was the live edge.</summary>
    /// <param name="began">When the broadcast began.</param>
    /// <param name="now">The moment.</param>
    public string LiveAt(DateTimeOffset began, DateTimeOffset now)
    {
        var end = CompleteAt(now - began);
        var first = Math.Max(0, end - Window);
        var at = began + TimeSpan.FromSeconds(Segments.Take(first).Sum(s => s.Seconds));
        var text = new StringBuilder();
        foreach (var line in Head.Where(l => !l.StartsWith("#EXT-X-PLAYLIST-TYPE", StringComparison.Ordinal) && !l.StartsWith("#EXT-X-MEDIA-SEQUENCE", StringComparison.Ordinal)))
        {
            text.Append(line).Append('\n');
            if (line == "#EXTM3U")
            {
                text.Append(CultureInfo.InvariantCulture, $"#EXT-X-MEDIA-SEQUENCE:{first}\n");
            }
        }

        foreach (var segment in Segments.Take(end).Skip(first))
        {
            text.Append(CultureInfo.InvariantCulture, $"#EXT-X-PROGRAM-DATE-TIME:{at.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ}\n{Duration}{segment.Seconds:0.000000},\n{segment.Name}\n");
            at += TimeSpan.FromSeconds(segment.Seconds);
        }

        return text.ToString();
    }
}

/// <summary>A segment.</summary>
/// <param name="Name">Name of its file.</param>
/// <param name="Seconds">Its length.</param>
internal readonly record struct HlsSegment(string Name, double Seconds);

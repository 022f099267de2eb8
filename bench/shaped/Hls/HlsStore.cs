using System.Globalization;
using KnSock.Fanout.Processes;
using KnSock.Media;
using KnSock.Shaped.Media;
using KnSock.Simulation.Media;

namespace KnSock.Shaped.Hls;

/// <summary>A folder with HLS made by ffmpeg out of a ladder's own units, not encoded again: segments of fragmented MP4 with the sound in them, a playlist for each rung, and one of all.</summary>
/// <param name="path">The folder.</param>
/// <param name="rungs">Names of the rungs, lowest first.</param>
internal sealed class HlsStore(string path, IReadOnlyList<string> rungs)
{
    /// <summary>Name of the playlist of all rungs.</summary>
    public const string Master = "master.m3u8";

    /// <summary>Name of a rung's playlist.</summary>
    public const string Index = "index.m3u8";

    /// <summary>What is usual where latency does not matter most; shorter ones cost requests.</summary>
    private const int SegmentSeconds = 2;

    /// <summary>The folder.</summary>
    public string Path => path;

    /// <summary>Whether all of it is there: the playlist of all rungs is written last.</summary>
    public bool IsComplete => File.Exists(System.IO.Path.Combine(path, Master));

    /// <summary>Makes it.</summary>
    public async Task MakeAsync(EncodedMedia media, int turns, CancellationToken cancellationToken)
    {
        List<string> master = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS"];
        for (var rung = 0; rung < rungs.Count; rung++)
        {
            var folder = Directory.CreateDirectory(System.IO.Path.Combine(path, rungs[rung])).FullName;
            var whole = System.IO.Path.Combine(folder, "whole.mp4");
            await RungFile.WriteAsync(media, rung, turns, whole, cancellationToken);
            await Child.RunAsync("ffmpeg", ["ffmpeg", .. Arguments(whole, folder)], cancellationToken);
            File.Delete(whole);
            master.AddRange(Describe(media, rung, HlsPlaylist.Parse(await File.ReadAllTextAsync(System.IO.Path.Combine(folder, Index), cancellationToken)), folder));
        }

        await File.WriteAllLinesAsync(System.IO.Path.Combine(path, Master), master, cancellationToken);
    }

    private static string[] Arguments(string whole, string folder) =>
    [
        "-nostdin", "-v", "error", "-y", "-i", whole, "-map", "0", "-c", "copy",
        "-f", "hls", "-hls_time", $"{SegmentSeconds}", "-hls_playlist_type", "vod", "-hls_segment_type", "fmp4",
        "-hls_fmp4_init_filename", "init.mp4", "-hls_segment_filename", System.IO.Path.Combine(folder, "%04d.m4s"), System.IO.Path.Combine(folder, Index),
    ];

    /// <summary>Two lines of the playlist of all rungs; rates are those of the segments, as RFC 8216, 4.3.4.2 has it.</summary>
    private string[] Describe(EncodedMedia media, int rung, HlsPlaylist playlist, string folder)
    {
        var rendition = media.Ladder.Video[rung];
        var bits = playlist.Segments.Select(s => (Bits: new FileInfo(System.IO.Path.Combine(folder, s.Name)).Length * 8.0, s.Seconds)).ToList();
        // The last one may be a short rest.
        var peak = bits.SkipLast(1).Max(b => b.Bits / b.Seconds);
        var mean = bits.Sum(b => b.Bits) / bits.Sum(b => b.Seconds);
        var codecs = $"{media.Pictures[rung][0].Configuration.Codec},{media.Sound[0].Configuration.Codec}";
        return
        [
            string.Create(
                CultureInfo.InvariantCulture,
                $"#EXT-X-STREAM-INF:BANDWIDTH={peak:0},AVERAGE-BANDWIDTH={mean:0},RESOLUTION={rendition.Width}x{rendition.Height},FRAME-RATE={Rate(rendition.FrameRate):0.###},CODECS=\"{codecs}\""),
            $"{rungs[rung]}/{Index}",
        ];
    }

    private static double Rate(FrameRate rate) => (double)rate.Numerator / rate.Denominator;
}

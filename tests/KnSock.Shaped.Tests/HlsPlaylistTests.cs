using KnSock.Shaped.Hls;

namespace KnSock.Shaped.Tests;

public sealed class HlsPlaylistTests
{
    private const string Written = """
        #EXTM3U
        #EXT-X-VERSION:7
        #EXT-X-TARGETDURATION:2
        #EXT-X-MEDIA-SEQUENCE:0
        #EXT-X-PLAYLIST-TYPE:VOD
        #EXT-X-MAP:URI="init.mp4"
        #EXTINF:2.000000,
        0000.m4s
        #EXTINF:2.000000,
        0001.m4s
        #EXTINF:2.000000,
        0002.m4s
        #EXTINF:2.000000,
        0003.m4s
        #EXTINF:2.000000,
        0004.m4s
        #EXTINF:2.000000,
        0005.m4s
        #EXTINF:2.000000,
        0006.m4s
        #EXTINF:1.500000,
        0007.m4s
        #EXT-X-ENDLIST
        """;

    private static readonly DateTimeOffset Began = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void A_live_playlist_names_what_is_complete_and_no_more()
    {
        var playlist = HlsPlaylist.Parse(Written);
        Assert.Equal(8, playlist.Segments.Count);
        Assert.Equal([0, 0, 1, 7, 8, 8], new[] { 0, 1.9, 2, 15.4, 15.5, 99 }.Select(s => playlist.CompleteAt(TimeSpan.FromSeconds(s))));
    }

    [Fact]
    public void It_slides_and_says_when_each_segment_was_the_live_edge()
    {
        var lines = HlsPlaylist.Parse(Written).LiveAt(Began, Began + TimeSpan.FromSeconds(15)).Split('\n');
        Assert.Equal("#EXTM3U", lines[0]);
        Assert.Contains("#EXT-X-MEDIA-SEQUENCE:1", lines, StringComparer.Ordinal);
        Assert.Contains("#EXT-X-MAP:URI=\"init.mp4\"", lines, StringComparer.Ordinal);
        Assert.DoesNotContain(lines, l => l.Contains("VOD", StringComparison.Ordinal) || l.Contains("ENDLIST", StringComparison.Ordinal));
        Assert.Equal(["0001.m4s", "0002.m4s", "0003.m4s", "0004.m4s", "0005.m4s", "0006.m4s"], lines.Where(l => l.EndsWith(".m4s", StringComparison.Ordinal)), StringComparer.Ordinal);
        Assert.Equal("#EXT-X-PROGRAM-DATE-TIME:2026-01-02T03:04:07.000Z", lines.First(l => l.StartsWith("#EXT-X-PROGRAM", StringComparison.Ordinal)));
    }
}

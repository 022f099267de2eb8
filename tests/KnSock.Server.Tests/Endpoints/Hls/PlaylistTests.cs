using KnSock.Media;
using KnSock.Server.Endpoints.Hls;

namespace KnSock.Server.Tests.Endpoints.Hls;

/// <summary>The text of playlists, letter by letter.</summary>
public class PlaylistTests
{
    private static readonly DateTimeOffset Zero = new(2026, 3, 4, 5, 6, 7, 250, TimeSpan.Zero);
    private static readonly BroadcastIdentity Broadcast = new("abc", Zero);

    // 4.2 s: segments of 2 s and 2.2 s.
    private static readonly SegmentPlan Plan = new(Make.Timeline(Make.Fps(30), 4.2));

    [Fact]
    public void APicturePlaylistOverTheSeamOfTheLoop()
    {
        var text = new MediaPlaylist
        {
            Plan = Plan,
            Kind = TrackKind.Video,
            Broadcast = Broadcast,
            Listing = new Listing(0, 5, 4, IsCurrent: true),
            Others = ["../1/index.m3u8", "../audio/index.m3u8"],
        }.Write();

        Assert.Equal(
            """
            #EXTM3U
            #EXT-X-VERSION:9
            #EXT-X-TARGETDURATION:2
            #EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=1.002,HOLD-BACK=6.0
            #EXT-X-PART-INF:PART-TARGET=0.334
            #EXT-X-MEDIA-SEQUENCE:1772600767
            #EXT-X-INDEPENDENT-SEGMENTS
            #EXT-X-MAP:URI="abc/init.mp4"
            #EXT-X-PROGRAM-DATE-TIME:2026-03-04T05:06:07.250Z
            #EXTINF:2.000,
            abc/1772600767.m4s
            #EXTINF:2.200,
            abc/1772600768.m4s
            #EXTINF:2.000,
            abc/1772600769.m4s
            #EXT-X-PART:DURATION=0.333333,URI="abc/1772600770/0.m4s",INDEPENDENT=YES
            #EXT-X-PART:DURATION=0.333334,URI="abc/1772600770/1.m4s"
            #EXT-X-PART:DURATION=0.333333,URI="abc/1772600770/2.m4s"
            #EXT-X-PART:DURATION=0.333333,URI="abc/1772600770/3.m4s",INDEPENDENT=YES
            #EXT-X-PART:DURATION=0.333334,URI="abc/1772600770/4.m4s"
            #EXT-X-PART:DURATION=0.333333,URI="abc/1772600770/5.m4s"
            #EXT-X-PART:DURATION=0.200,URI="abc/1772600770/6.m4s",INDEPENDENT=YES
            #EXTINF:2.200,
            abc/1772600770.m4s
            #EXT-X-PART:DURATION=0.333333,URI="abc/1772600771/0.m4s",INDEPENDENT=YES
            #EXT-X-PART:DURATION=0.333334,URI="abc/1772600771/1.m4s"
            #EXT-X-PART:DURATION=0.333333,URI="abc/1772600771/2.m4s"
            #EXT-X-PART:DURATION=0.333333,URI="abc/1772600771/3.m4s",INDEPENDENT=YES
            #EXT-X-PART:DURATION=0.333334,URI="abc/1772600771/4.m4s"
            #EXT-X-PART:DURATION=0.333333,URI="abc/1772600771/5.m4s"
            #EXTINF:2.000,
            abc/1772600771.m4s
            #EXT-X-PART:DURATION=0.333333,URI="abc/1772600772/0.m4s",INDEPENDENT=YES
            #EXT-X-PART:DURATION=0.333334,URI="abc/1772600772/1.m4s"
            #EXT-X-PART:DURATION=0.333333,URI="abc/1772600772/2.m4s"
            #EXT-X-PART:DURATION=0.333333,URI="abc/1772600772/3.m4s",INDEPENDENT=YES
            #EXT-X-PRELOAD-HINT:TYPE=PART,URI="abc/1772600772/4.m4s"
            #EXT-X-RENDITION-REPORT:URI="../1/index.m3u8",LAST-MSN=1772600772,LAST-PART=3
            #EXT-X-RENDITION-REPORT:URI="../audio/index.m3u8",LAST-MSN=1772600772,LAST-PART=3

            """,
            text);
    }

    [Fact]
    public void ASoundPlaylistWhoseLastPartEndsASegment()
    {
        var lines = new MediaPlaylist
        {
            Plan = Plan,
            Kind = TrackKind.Audio,
            Broadcast = Broadcast,
            Listing = new Listing(1, 2, 0, IsCurrent: true),
            Others = ["../0/index.m3u8"],
        }.Write().Split('\n');

        // The first unit that begins with the segment or behind it: 94 units of 1024 samples.
        Assert.Contains("#EXT-X-PROGRAM-DATE-TIME:2026-03-04T05:06:09.255Z", lines, StringComparer.Ordinal);
        // The turn's last unit is shorter: 2.2 s less the start that came late.
        Assert.Contains("#EXTINF:2.194667,", lines, StringComparer.Ordinal);
        Assert.Equal(7, lines.Count(l => l.StartsWith("#EXT-X-PART:", StringComparison.Ordinal) && l.EndsWith(",INDEPENDENT=YES", StringComparison.Ordinal)));
        Assert.Contains("#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"abc/1772600769/0.m4s\"", lines, StringComparer.Ordinal);
        Assert.Contains("#EXT-X-RENDITION-REPORT:URI=\"../0/index.m3u8\",LAST-MSN=1772600768,LAST-PART=6", lines, StringComparer.Ordinal);
    }

    [Fact]
    public void AMultivariantPlaylist()
    {
        var text = MultivariantPlaylist.Write(Plan, [(Make.Rung(0, 426, 240, bitsPerSecond: 160_000), "avc1.640015"), (Make.Rung(2, 1280, 720, Make.Ntsc, 2_800_000), "avc1.64001f")], Make.Stereo);

        Assert.Equal(
            """
            #EXTM3U
            #EXT-X-VERSION:9
            #EXT-X-INDEPENDENT-SEGMENTS
            #EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="stereo",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2",URI="audio/index.m3u8"
            #EXT-X-STREAM-INF:BANDWIDTH=350385,AVERAGE-BANDWIDTH=270385,CODECS="avc1.640015,mp4a.40.2",RESOLUTION=426x240,FRAME-RATE=30.000,AUDIO="sound"
            0/index.m3u8
            #EXT-X-STREAM-INF:BANDWIDTH=4310381,AVERAGE-BANDWIDTH=2910381,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=1280x720,FRAME-RATE=29.970,AUDIO="sound"
            2/index.m3u8

            """,
            text);
    }

    [Theory]
    [InlineData(426, 240, 30, 160_000, 21)]
    [InlineData(640, 360, 30, 700_000, 30)]
    [InlineData(854, 480, 30, 1_300_000, 31)]
    [InlineData(1280, 720, 30, 2_800_000, 31)]
    [InlineData(1280, 720, 60, 4_000_000, 32)]
    [InlineData(1920, 1080, 30, 5_000_000, 40)]
    [InlineData(1920, 1080, 60, 7_000_000, 42)]
    [InlineData(320, 180, 30, 9_000_000, 30)]
    public void TheLevelOfARungIsWhatItsEncoderWillSay(int width, int height, int fps, int bitsPerSecond, int level) =>
        Assert.Equal(level, CodecNames.Level(Make.Rung(0, width, height, Make.Fps(fps), bitsPerSecond)));

    [Fact]
    public void NumbersRiseOverARestartAndAMachineWithoutTheTimeHasNoNegativeTimes()
    {
        var later = new BroadcastIdentity("abd", Zero + TimeSpan.FromSeconds(90));
        Assert.True(later.NumberOf(0) > Broadcast.NumberOf(45));
        Assert.Equal(90, (later.MediaStart - Broadcast.MediaStart).TotalSeconds);
        Assert.Equal(3, Broadcast.SegmentOf(Broadcast.NumberOf(3)));
        Assert.True(new BroadcastIdentity("x", DateTimeOffset.UnixEpoch - TimeSpan.FromDays(400)).MediaStart > Timestamp.FromSeconds(1000));
    }
}

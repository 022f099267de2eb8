using KnSock.Media;
using KnSock.Server.Encoding;
using KnSock.Server.Sources;
using KnSock.Testing;
using KnSock.Testing.Videos;

namespace KnSock.Server.Tests.Sources;

/// <summary>The real ffprobe and files that try to have it read others.</summary>
public sealed class InputGuardTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("knsock-guard-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("list.m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{0}\n#EXT-X-ENDLIST\n")]
    [InlineData("list.mp4", "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{0}\n#EXT-X-ENDLIST\n")]
    [InlineData("script.avi", "ffconcat version 1.0\nfile {0}\n")]
    [InlineData("script.mkv", "ffconcat version 1.0\nfile 'http://127.0.0.1:9/a.mp4'\n")]
    [InlineData("dash.mp4", "<?xml version=\"1.0\"?><MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" type=\"static\"><Period/></MPD>")]
    [InlineData("session.ts", "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nm=video 5000 RTP/AVP 96\na=rtpmap:96 H264/90000\n")]
    public async Task FilesThatNameOtherFilesAreRefused(string name, string content)
    {
        var other = await TestVideos.Short.GetPathAsync();
        var inner = Path.Combine(_folder, "inner.mp4");
        File.Copy(other, inner);
        var path = Path.Combine(_folder, name);
        await File.WriteAllTextAsync(path, content.Replace("{0}", "inner.mp4", StringComparison.Ordinal));

        var e = await Assert.ThrowsAsync<LiveStreamServerException>(() => ProbeAsync(path));

        Assert.Contains("not a video that can be played", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-i.mp4")]
    [InlineData("http:x.mp4")]
    [InlineData("a b'\"$(x);&%d.mp4")]
    [InlineData("concat:a|b.mp4")]
    [InlineData("--help.mp4")]
    [InlineData("-y -f null.mp4")]
    [InlineData("img%03d.mp4")]
    [InlineData("file:..:x,setpts=[v];movie.mp4")]
    [InlineData("a\\b\u001b[31m\n.mp4")]
    public async Task OddNamesAreNamesAndNothingElse(string name)
    {
        var path = Path.Combine(_folder, name);
        File.Copy(await TestVideos.Short.GetPathAsync(), path);

        var source = await ProbeAsync(path);

        Assert.Equal(name, source.FileName);
        // The encoder and the maker of posters are given the name, too.
        var tools = await FfmpegTools.FindAsync(CancellationToken.None);
        var timeline = new LoopTimeline(source.Video.FrameRate, source.Video.Duration, TimeSpan.FromSeconds(1), Make.SampleRate);
        var run = new EncoderRun { Renditions = [Make.Rung(rate: source.Video.FrameRate, width: 64, height: 64)], FirstGop = 0, EndGop = 1 };
        Assert.True(await new RenditionEncoder(tools, source, timeline, new EncoderSettings()).EncodeAsync(run, CancellationToken.None).AnyAsync());
        Assert.Equal(0xFF, (await new PosterFrame(tools, TimeSpan.FromSeconds(30), new ServerClock(TimeProvider.System)).MakeAsync(source, CancellationToken.None))[0]);
    }

    private static async Task<MediaSource> ProbeAsync(string path)
    {
        var tools = await FfmpegTools.FindAsync(CancellationToken.None);
        return await new SourceProber(tools, TimeSpan.FromSeconds(30), new ServerClock(new ManualTimeProvider())).ProbeAsync(path, CancellationToken.None);
    }
}

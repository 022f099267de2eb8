using System.IO.Compression;
using System.Text;
using KnSock.Media;
using KnSock.Simulation.Media;

namespace KnSock.Simulation.Tests.Media;

public class MediaSizesFileTests
{
    [Fact]
    public void What_is_written_is_read_again()
    {
        var media = EvenMedia.Create(seconds: 3);
        using var file = new MemoryStream();
        MediaSizesFile.Write(file, media);
        file.Position = 0;
        var read = MediaSizesFile.Read(file, "x");
        Assert.Equal((media.FrameRate, media.GopFrames, media.SoundBitsPerSecond), (read.FrameRate, read.GopFrames, read.SoundBitsPerSecond));
        Assert.Equal(media.Sound, read.Sound);
        Assert.Equal(media.Rungs.Select(r => (r.Name, r.Width, r.Height, r.BitsPerSecond)), read.Rungs.Select(r => (r.Name, r.Width, r.Height, r.BitsPerSecond)));
        Assert.All(media.Rungs.Zip(read.Rungs), pair => Assert.Equal(pair.First.Pictures, pair.Second.Pictures));
    }

    [Theory]
    [InlineData("")]
    [InlineData("knsock-media 2 30/1 30\n")]
    [InlineData("knsock-media 1 30/1 30\nrung 240p 426 240 160000\n1 2 3\n")]
    [InlineData("knsock-media 1 30/1 30\nrung 240p 426 240 160000\n1 x 3\nsound 96000 1\n")]
    [InlineData("knsock-media 1 30 30\nrung 240p 426 240 160000\n1 2 3\nsound 96000 1\n")]
    public void Refuses_what_is_damaged(string text)
    {
        using var file = new MemoryStream();
        using (var zip = new GZipStream(file, CompressionLevel.Fastest, leaveOpen: true))
        {
            zip.Write(Encoding.ASCII.GetBytes(text));
        }

        file.Position = 0;
        Assert.Throws<SimulationException>(() => MediaSizesFile.Read(file, "x"));
        Assert.Throws<SimulationException>(() => MediaSizesFile.Read(new MemoryStream([1, 2, 3]), "x"));
    }

    [Fact]
    public void The_scenes_that_come_with_it_weigh_about_what_their_encoders_aimed_at()
    {
        var media = MediaSizesFile.Default;
        Assert.Equal((new FrameRate(30, 1), 30, 5), (media.FrameRate, media.GopFrames, media.Rungs.Count));
        Assert.True(media.Pictures >= 60 * 30);
        Assert.All(media.Rungs, rung =>
        {
            var rate = rung.Pictures.Sum(p => (long)p.Bytes) * 8.0 / (media.Pictures / 30.0);
            Assert.InRange(rate, rung.BitsPerSecond * 0.7, rung.BitsPerSecond * 1.2);
            Assert.All(rung.Pictures, p => Assert.InRange(p.Shift, -2, 2));
        });
        // Easy scenes and hard ones: of the highest rung's GOPs some are much heavier than others.
        var gops = media.Rungs[^1].Pictures.Chunk(30).Select(g => g.Sum(p => p.Bytes)).Order().ToArray();
        Assert.True(gops[^(gops.Length / 10)] > 1.5 * gops[gops.Length / 10], $"{gops[gops.Length / 10]} to {gops[^(gops.Length / 10)]}");
    }
}

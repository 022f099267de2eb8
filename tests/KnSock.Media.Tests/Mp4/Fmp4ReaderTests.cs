using KnSock.Media.H264;
using KnSock.Media.Mp4;

namespace KnSock.Media.Tests.Mp4;

public class Fmp4ReaderTests
{
    [Fact]
    public void Video_with_b_frames_is_read_as_ffprobe_reads_it()
    {
        var reader = new Fmp4Reader();
        var samples = Fmp4Reading.ReadAll(Ffmpeg.Video, reader);
        var video = Assert.IsType<VideoConfiguration>(reader.Configuration);
        Assert.Equal((642, 362), (video.Width, video.Height));
        Assert.StartsWith("avc1.6400", video.Codec, StringComparison.Ordinal);
        Assert.Equal(15_360u, reader.Timescale);
        Assert.Equal(90, samples.Count);
        Assert.Equal([0, 30, 60], samples.Index().Where(s => s.Item.IsKeyframe).Select(s => s.Index));
        Assert.Contains(samples, s => s.Pts > s.Dts + s.Duration);
        AssertAsProbed(Ffmpeg.Video, samples);
        Assert.All(samples, s => Assert.True(NalUnits.IsValid(Convert.FromHexString(s.Payload), 4)));
        Assert.True(reader.IsAtBoundary);
    }

    [Fact]
    public void Video_without_b_frames_is_read_as_ffprobe_reads_it()
    {
        var reader = new Fmp4Reader();
        var samples = Fmp4Reading.ReadAll(Ffmpeg.PlainVideo, reader);
        Assert.Equal(60, samples.Count);
        Assert.All(samples, s => Assert.Equal(s.Dts, s.Pts));
        AssertAsProbed(Ffmpeg.PlainVideo, samples);
    }

    [Fact]
    public void Sound_is_read_as_ffprobe_reads_it()
    {
        var reader = new Fmp4Reader();
        var samples = Fmp4Reading.ReadAll(Ffmpeg.Audio, reader);
        var audio = Assert.IsType<AudioConfiguration>(reader.Configuration);
        Assert.Equal(("mp4a.40.2", 48_000, 2), (audio.Codec, audio.SampleRate, audio.Channels));
        Assert.Equal(48_000u, reader.Timescale);
        Assert.All(samples, s => Assert.True(s.IsKeyframe));
        AssertAsProbed(Ffmpeg.Audio, samples);
    }

    private static void AssertAsProbed(byte[] stream, List<CopiedSample> samples)
    {
        // ffprobe's times carry the edit list, which the reader leaves alone; there is none in these streams.
        var probed = Ffmpeg.Probe("-show_entries packet=pts,dts,size,flags -of csv=p=0", stream).Select(line => line.Split(',')).ToList();
        Assert.Equal(probed.Count, samples.Count);
        var shift = samples[0].Dts - long.Parse(probed[0][1]);
        Assert.All(samples.Zip(probed), pair =>
        {
            var (sample, packet) = pair;
            Assert.Equal(long.Parse(packet[0]) + shift, sample.Pts);
            Assert.Equal(long.Parse(packet[1]) + shift, sample.Dts);
            Assert.Equal(int.Parse(packet[2]), sample.Payload.Length / 2);
            Assert.Equal(packet[3].StartsWith('K'), sample.IsKeyframe);
        });
    }
}

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
        Assert.All(samples, s => Assert.True(NalUnits.IsValid(s.Payload, 4)));
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

    [Theory]
    [InlineData("frag_keyframe+empty_moov+default_base_moof")]
    [InlineData("frag_keyframe+empty_moov")]
    [InlineData("frag_every_frame+empty_moov")]
    [InlineData("frag_keyframe+empty_moov+default_base_moof+negative_cts_offsets")]
    [InlineData("frag_keyframe+empty_moov+omit_tfhd_offset")]
    [InlineData("cmaf+frag_keyframe")]
    [InlineData("dash+frag_keyframe+default_base_moof")]
    public void Other_ways_of_fragmenting_are_read_as_ffprobe_reads_them(string flags)
    {
        var stream = Ffmpeg.Run($"-f lavfi -i testsrc2=size=160x90:rate=25 -t 3 {Ffmpeg.H264} -bf 2 -movflags {flags} -use_editlist 0 -f mp4 pipe:1");
        AssertAsProbed(stream, Fmp4Reading.ReadAll(stream, new Fmp4Reader()));
    }

    [Theory]
    [InlineData("frag_every_frame+empty_moov+default_base_moof")]
    [InlineData("frag_keyframe+empty_moov+default_base_moof")]
    [InlineData("frag_keyframe+empty_moov")]
    public void Several_tracks_are_told_apart(string flags)
    {
        var stream = Ffmpeg.Run(
            $"-f lavfi -i testsrc2=size=160x90:rate=25 -t 3 -filter_complex [0:v]split[a][b];[b]scale=80:46[c] -map [a] -map [c] {Ffmpeg.H264} -bf 2 -movflags {flags} -f mp4 pipe:1");
        var reader = new Fmp4Reader();
        var samples = Fmp4Reading.ReadAll(stream, reader);

        Assert.Equal([160, 80], reader.Tracks.Select(t => Assert.IsType<VideoConfiguration>(t.Configuration).Width));
        foreach (var track in new[] { 0, 1 })
        {
            AssertAsProbed(stream, [.. samples.Where(s => s.Track == track)], $"-select_streams {track}");
        }
    }

    [Fact]
    public void Any_split_of_the_bytes_gives_the_same_samples()
    {
        var stream = Ffmpeg.TinyVideo;
        var whole = Fmp4Reading.ReadAll(stream, new Fmp4Reader());
        Assert.Equal(30, whole.Count);
        Assert.Equal(whole, Fmp4Reading.ReadPieces(stream.Select(b => new[] { b }), new Fmp4Reader(), out var left));
        Assert.Equal(0, left);
        for (var seed = 0; seed < 300; seed++)
        {
            var reader = new Fmp4Reader();
            var samples = Fmp4Reading.ReadPieces(Cut(stream, new Random(seed)), reader, out left);
            Assert.True(whole.SequenceEqual(samples) && left == 0 && reader.IsAtBoundary, $"seed {seed}");
        }
    }

    private static IEnumerable<byte[]> Cut(byte[] stream, Random random)
    {
        var longest = random.Next(1, 2000);
        for (var start = 0; start < stream.Length;)
        {
            var end = Math.Min(stream.Length, start + random.Next(0, longest + 1));
            yield return stream[start..end];
            start = end;
        }
    }

    private static void AssertAsProbed(byte[] stream, List<CopiedSample> samples, string select = "")
    {
        var probed = Ffmpeg.Probe($"{select} -show_entries packet=pts,dts,size,flags -of csv=p=0", stream).Select(line => line.Split(',')).ToList();
        Assert.Equal(probed.Count, samples.Count);
        // ffprobe follows edit lists and moves decoding times down where composition offsets are negative.
        var shift = samples[0].Pts - long.Parse(probed[0][0]);
        var decodingShift = samples[0].Dts - long.Parse(probed[0][1]);
        Assert.All(samples.Zip(probed), pair =>
        {
            var (sample, packet) = pair;
            Assert.Equal(long.Parse(packet[0]) + shift, sample.Pts);
            Assert.Equal(long.Parse(packet[1]) + decodingShift, sample.Dts);
            Assert.Equal(int.Parse(packet[2]), sample.Payload.Length);
            Assert.Equal(packet[3].StartsWith('K'), sample.IsKeyframe);
        });
    }
}

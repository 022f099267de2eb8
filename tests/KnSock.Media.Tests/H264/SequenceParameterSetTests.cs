using KnSock.Media.H264;
using KnSock.Media.Mp4;
using KnSock.Media.Tests.Mp4;

namespace KnSock.Media.Tests.H264;

public class SequenceParameterSetTests
{
    [Theory]
    [InlineData(854, 480, "-profile:v high -pix_fmt yuv420p")]
    [InlineData(1920, 1080, "-profile:v main -pix_fmt yuv420p")]
    [InlineData(642, 362, "-profile:v baseline -pix_fmt yuv420p")]
    [InlineData(641, 361, "-pix_fmt yuv444p")]
    [InlineData(642, 361, "-pix_fmt yuv422p10le")]
    [InlineData(322, 244, "-pix_fmt yuv420p -x264-params interlaced=1")]
    [InlineData(322, 242, "-pix_fmt gray")]
    [InlineData(322, 242, "-pix_fmt yuv420p -x264-params cqm=jvt")]
    public void The_size_is_what_the_encoder_was_given(int width, int height, string options)
    {
        var stream = Ffmpeg.Run(
            $"-f lavfi -i testsrc=size={width}x{height}:rate=25 -frames:v 1 -c:v libx264 -preset ultrafast {options} -movflags frag_keyframe+empty_moov -f mp4 pipe:1");
        var reader = new Fmp4Reader();
        Assert.Single(Fmp4Reading.ReadAll(stream, reader));
        var video = Assert.IsType<VideoConfiguration>(reader.Configuration);
        Assert.Equal((width, height), (video.Width, video.Height));
        var avc = AvcConfiguration.Read(video.Setup.Span);
        var picture = SequenceParameterSet.Read(avc.SequenceParameterSets[0].Span);
        Assert.Equal((avc.Profile, avc.Constraints, avc.Level), (picture.Profile, picture.Constraints, picture.Level));
        Assert.Equal(4, avc.LengthSize);
    }

    [Fact]
    public void Damaged_set_ups_give_nothing_but_a_format_exception()
    {
        var reader = new Fmp4Reader();
        Fmp4Reading.ReadAll(Ffmpeg.TinyVideo, reader);
        var setup = reader.Configuration!.Setup.ToArray();
        for (var seed = 0; seed < 5000; seed++)
        {
            var random = new Random(seed);
            var damaged = setup[..random.Next(setup.Length + 1)];
            for (var i = random.Next(4); i > 0 && damaged.Length > 0; i--)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            try
            {
                var video = AvcConfiguration.ToVideoConfiguration(damaged);
                Assert.InRange(video.Width, 1, SequenceParameterSet.MaxDimension);
                Assert.InRange(video.Height, 1, SequenceParameterSet.MaxDimension);
            }
            catch (MediaFormatException)
            {
                continue;
            }
            catch (Exception e) when (e is not Xunit.Sdk.XunitException)
            {
                Assert.Fail($"seed {seed}: {e}");
            }
        }
    }
}

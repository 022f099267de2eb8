using KnSock.Client.Playout;
using KnSock.Media;

namespace KnSock.Player.Tests;

/// <summary>Pictures that are JPEG files, as a kn-sock server sends them.</summary>
public class JpegTests
{
    [Theory]
    [InlineData("yuvj420p")]
    [InlineData("yuvj422p")]
    [InlineData("yuvj444p")]
    [InlineData("gray")]
    public void A_file_of_any_kind_of_chroma_is_the_picture_that_ffmpeg_makes_of_it(string format)
    {
        var file = File(format);
        using var decoder = new VideoDecoder();
        decoder.Configure(Configuration);
        var pictures = new List<VideoFrame>();
        for (var i = 0; i < 3; i++)
        {
            decoder.Decode(Unit(file, i), pictures);
        }

        Assert.Equal([0, 1, 2], pictures.Select(p => p.Pts.Microseconds));
        var expected = Ffmpeg.Run("-f mjpeg -i pipe:0 -vf scale=in_range=full:out_range=limited:flags=accurate_rnd -pix_fmt yuv420p -color_range tv -f rawvideo pipe:1", file);
        foreach (var picture in pictures)
        {
            Assert.Equal((128, 72, ColorMatrix.Bt601), (picture.Width, picture.Height, picture.Matrix));
            AssertNear(expected.AsSpan(0, 128 * 72), picture.Y, 3);
            AssertNear(expected.AsSpan(128 * 72, 64 * 36), picture.U, 6);
            AssertNear(expected.AsSpan((128 * 72) + (64 * 36)), picture.V, 6);
            picture.Dispose();
        }
    }

    [Fact]
    public void Damage_is_a_fault_or_a_picture_and_the_next_file_is_whole()
    {
        var file = File("yuvj420p");
        using var decoder = new VideoDecoder();
        decoder.Configure(Configuration);
        var faults = 0;
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var damaged = seed % 2 == 0 ? file[..random.Next(file.Length)] : [.. file];
            if (damaged.Length > 0)
            {
                damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            }

            var pictures = new List<VideoFrame>();
            try
            {
                decoder.Decode(Unit(damaged, seed), pictures);
            }
            catch (DecodeException)
            {
                faults++;
            }

            pictures.ForEach(p => p.Dispose());
            pictures.Clear();
            decoder.Decode(Unit(file, 1000), pictures);
            Assert.Equal(1000, Assert.Single(pictures).Pts.Microseconds);
            pictures[0].Dispose();
        }

        Assert.True(faults > 50, $"{faults} faults");
    }

    private static VideoConfiguration Configuration => new() { Codec = VideoConfiguration.Jpeg, Setup = default, Width = 128, Height = 72 };

    private static byte[] File(string format) => Ffmpeg.Run($"-f lavfi -i testsrc2=size=128x72:rate=30 -frames:v 1 -pix_fmt {format} -c:v mjpeg -strict unofficial -q:v 2 -f mjpeg pipe:1");

    private static AccessUnit Unit(byte[] file, int number) => new()
    {
        Kind = TrackKind.Video,
        Sequence = (uint)number,
        Pts = new Timestamp(number),
        Dts = new Timestamp(number),
        Duration = TimeSpan.FromMilliseconds(33),
        IsKeyframe = true,
        Payload = file,
    };

    private static void AssertNear(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> actual, double mean)
    {
        Assert.Equal(expected.Length, actual.Length);
        var sum = 0L;
        for (var i = 0; i < expected.Length; i++)
        {
            sum += Math.Abs(expected[i] - actual[i]);
        }

        Assert.InRange((double)sum / expected.Length, 0, mean);
    }
}

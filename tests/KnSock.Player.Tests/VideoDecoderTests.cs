using KnSock.Client.Playout;
using KnSock.Media;
using KnSock.Media.H264;

namespace KnSock.Player.Tests;

public sealed class VideoDecoderTests
{
    private static readonly Lazy<Encoded> Small = new(() => Ffmpeg.Video("testsrc2=size=320x180:rate=30", 3));

    [Theory]
    [InlineData("testsrc2=size=320x180:rate=30", "-bf 2 -pix_fmt yuv420p -profile:v high")]
    [InlineData("testsrc2=size=320x180:rate=30", "-bf 0 -pix_fmt yuv420p -profile:v baseline")]
    [InlineData("testsrc2=size=854x480:rate=25", "-bf 2 -pix_fmt yuv420p")]
    [InlineData("testsrc2=size=322x182:rate=30", "-bf 1 -pix_fmt yuv420p -x264-params slices=4")]
    [InlineData("testsrc2=size=1920x1080:rate=30", "-bf 2 -pix_fmt yuv420p")]
    public void Pictures_are_those_of_ffmpeg_to_the_last_bit(string source, string options)
    {
        var encoded = Ffmpeg.Video(source, 1.5, options);
        var expected = encoded.DecodedPictures();
        using var decoder = new VideoDecoder();
        decoder.Configure(encoded.Picture);

        List<VideoFrame> pictures = [];
        foreach (var unit in encoded.Units)
        {
            decoder.Decode(unit, pictures);
        }

        decoder.Drain(pictures);

        Assert.Equal(encoded.Units.Count, pictures.Count);
        Assert.Equal(encoded.Units.Select(u => u.Pts).Order(), pictures.Select(p => p.Pts));
        var offset = 0;
        foreach (var picture in pictures)
        {
            offset += AssertPlane(expected, offset, picture.Y);
            offset += AssertPlane(expected, offset, picture.U);
            offset += AssertPlane(expected, offset, picture.V);
            picture.Dispose();
        }

        Assert.Equal(expected.Length, offset);
    }

    [Fact]
    public void Without_b_frames_each_unit_gives_its_picture_at_once()
    {
        var encoded = Ffmpeg.Video("testsrc2=size=320x180:rate=30", 1, "-bf 0 -pix_fmt yuv420p");
        using var decoder = new VideoDecoder();
        decoder.Configure(encoded.Picture);

        foreach (var unit in encoded.Units)
        {
            var picture = Assert.Single(Decode(decoder, unit));
            Assert.Equal(unit.Pts, picture.Pts);
        }
    }

    [Fact]
    public void With_two_b_frames_pictures_come_at_most_two_units_late()
    {
        using var decoder = new VideoDecoder();
        decoder.Configure(Small.Value.Picture);
        var given = 0;
        var received = 0;
        foreach (var unit in Small.Value.Units)
        {
            received += Decode(decoder, unit).Count;
            given++;
            Assert.InRange(given - received, 0, 2);
        }
    }

    [Fact]
    public void Another_configuration_changes_the_size_of_the_pictures()
    {
        using var decoder = new VideoDecoder();
        foreach (var (width, height) in new[] { (320, 180), (640, 360), (426, 240), (1280, 720) })
        {
            var encoded = Ffmpeg.Video($"testsrc2=size={width}x{height}:rate=30", 0.3);
            decoder.Configure(encoded.Picture);
            var pictures = encoded.Units.SelectMany(unit => Decode(decoder, unit)).ToList();
            Assert.NotEmpty(pictures);
            Assert.All(pictures, picture => Assert.Equal((width, height), (picture.Width, picture.Height)));
        }
    }

    [Fact]
    public void After_a_reset_or_a_drain_a_keyframe_must_come()
    {
        using var decoder = new VideoDecoder();
        decoder.Configure(Small.Value.Picture);
        var (keyframe, next) = (Small.Value.Units[0], Small.Value.Units[1]);
        Assert.Throws<DecodeException>(() => Decode(decoder, next));

        Decode(decoder, keyframe);
        Decode(decoder, next);
        decoder.Reset();
        Assert.Throws<DecodeException>(() => Decode(decoder, next));

        Decode(decoder, keyframe);
        List<VideoFrame> held = [];
        decoder.Drain(held);
        Assert.Equal(keyframe.Pts, Assert.Single(held).Pts);
        Assert.Throws<DecodeException>(() => Decode(decoder, next));

        Decode(decoder, keyframe);
        Decode(decoder, next);
    }

    [Fact]
    public void Pictures_of_full_range_are_brought_into_limited_range()
    {
        var encoded = Ffmpeg.Video("color=c=white:size=64x64:rate=30,format=yuvj420p", 0.1, "-pix_fmt yuvj420p -color_range pc");
        using var decoder = new VideoDecoder();
        decoder.Configure(encoded.Picture);
        List<VideoFrame> pictures = [];
        decoder.Decode(encoded.Units[0], pictures);
        decoder.Drain(pictures);
        Assert.InRange(pictures[0].Y[0], (byte)233, (byte)236);
        Assert.InRange(pictures[0].U[0], (byte)127, (byte)129);
    }

    [Theory]
    [InlineData("-pix_fmt yuv420p10le")]
    [InlineData("-pix_fmt yuv444p")]
    [InlineData("-pix_fmt yuv422p")]
    public void Other_pixel_formats_are_refused(string options)
    {
        var encoded = Ffmpeg.Video("testsrc2=size=128x128:rate=30", 0.2, options);
        using var decoder = new VideoDecoder();
        Assert.Throws<DecodeException>(() =>
        {
            decoder.Configure(encoded.Picture);
            List<VideoFrame> pictures = [];
            foreach (var unit in encoded.Units)
            {
                decoder.Decode(unit, pictures);
            }

            decoder.Drain(pictures);
        });
    }

    [Fact]
    public void Damaged_set_ups_are_refused_or_harmless()
    {
        var good = Small.Value.Picture;
        using var decoder = new VideoDecoder();
        Assert.Throws<DecodeException>(() => decoder.Configure(good with { Setup = Array.Empty<byte>() }));
        Assert.Throws<DecodeException>(() => decoder.Configure(good with { Setup = good.Setup[..9] }));
        const int seed = 20_417;
        var random = new Random(seed);
        for (var round = 0; round < 500; round++)
        {
            try
            {
                decoder.Configure(good with { Setup = Mutation.Of(good.Setup.Span, random) });
                Decode(decoder, Small.Value.Units[0]);
            }
            catch (DecodeException)
            {
            }
        }
    }

    /// <summary>Damage that happens to be H.264 again cannot be told here; the checksum of the wire finds it.</summary>
    [Theory]
    [InlineData(1, "-bf 2 -pix_fmt yuv420p")]
    [InlineData(2, "-bf 0 -pix_fmt yuv420p -x264-params cabac=0")]
    [InlineData(3, "-bf 2 -pix_fmt yuv420p -x264-params slices=4")]
    public void Damage_is_an_exception_and_never_a_crash(int seed, string options)
    {
        var encoded = Ffmpeg.Video("testsrc2=size=160x96:rate=30", 1, options);
        using var decoder = new VideoDecoder();
        decoder.Configure(encoded.Picture);
        var random = new Random(seed);
        var (refused, accepted) = (0, 0);
        for (var round = 0; round < 1_500; round++)
        {
            decoder.Reset();
            var at = random.Next(6);
            for (var i = 0; i <= at + 1; i++)
            {
                var unit = encoded.Units[i];
                unit = i == at ? unit with { Payload = Mutation.Of(unit.Payload.Span, random) } : unit;
                try
                {
                    foreach (var picture in Decode(decoder, unit))
                    {
                        Assert.Equal((160, 96), (picture.Width, picture.Height));
                        accepted++;
                    }
                }
                catch (DecodeException)
                {
                    refused++;
                    break;
                }
            }
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"seed {seed}: {refused} of 1500 refused, {accepted} pictures");
        Assert.True(refused > 700, $"seed {seed}: only {refused} of 1500 damaged streams were refused");
    }

    /// <summary>A cut-off picture must not come out with its lower part painted over; its last bytes may be padding, however.</summary>
    [Fact]
    public void A_truncated_unit_is_an_error_unless_nothing_is_missing()
    {
        var expected = Small.Value.DecodedPictures().AsSpan(0, 320 * 180).ToArray();
        using var decoder = new VideoDecoder();
        decoder.Configure(Small.Value.Picture);
        var keyframe = Small.Value.Units[0];
        var refused = 0;
        for (var cut = 1; cut < 1_000; cut++)
        {
            try
            {
                List<VideoFrame> pictures = [];
                decoder.Decode(keyframe with { Payload = Truncation.OfLastNalUnit(keyframe.Payload.Span, cut) }, pictures);
                decoder.Drain(pictures);
                Assert.True(pictures[0].Y.SequenceEqual(expected), $"with {cut} bytes cut off the picture differs");
            }
            catch (DecodeException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 900, 998);
    }

    /// <summary>The decoder covers the hole up without an error of its own; only the flags of the frame tell.</summary>
    [Theory]
    [InlineData(320, 180, 0)]
    [InlineData(320, 180, 3)]
    [InlineData(1920, 1080, 0)]
    public void A_picture_of_which_a_slice_is_missing_is_an_error(int width, int height, int at)
    {
        var encoded = Ffmpeg.Video($"testsrc2=size={width}x{height}:rate=30", 0.3, "-bf 0 -pix_fmt yuv420p -x264-params slices=4");
        using var decoder = new VideoDecoder();
        decoder.Configure(encoded.Picture);
        Assert.Throws<DecodeException>(() =>
        {
            List<VideoFrame> pictures = [];
            foreach (var unit in encoded.Units.Take(at))
            {
                decoder.Decode(unit, pictures);
            }

            var whole = encoded.Units[at].Payload.Span;
            var lastLength = 0;
            foreach (var unit in new NalUnits(whole, 4))
            {
                lastLength = 4 + unit.Length;
            }

            decoder.Decode(encoded.Units[at] with { Payload = whole[..^lastLength].ToArray() }, pictures);
            decoder.Drain(pictures);
        });
    }

    [Fact]
    public void After_damage_the_next_keyframe_brings_whole_pictures_again()
    {
        using var decoder = new VideoDecoder();
        decoder.Configure(Small.Value.Picture);
        var units = Small.Value.Units;
        var expected = Small.Value.DecodedPictures();
        Assert.Throws<DecodeException>(() => Decode(decoder, units[0] with { Payload = new byte[100] }));
        var keyframe = units.Index().First(u => u.Item.IsKeyframe && u.Index > 0);
        List<VideoFrame> pictures = [];
        foreach (var unit in units.Skip(keyframe.Index))
        {
            decoder.Decode(unit, pictures);
        }

        var size = 320 * 180 * 3 / 2;
        Assert.Equal(expected.AsSpan(keyframe.Index * size, 320 * 180), pictures[0].Y);
    }

    private static List<VideoFrame> Decode(VideoDecoder decoder, AccessUnit unit)
    {
        List<VideoFrame> pictures = [];
        decoder.Decode(unit, pictures);
        return pictures;
    }

    private static int AssertPlane(byte[] expected, int offset, ReadOnlySpan<byte> plane)
    {
        Assert.True(expected.AsSpan(offset, plane.Length).SequenceEqual(plane), $"the plane at {offset} differs");
        return plane.Length;
    }
}

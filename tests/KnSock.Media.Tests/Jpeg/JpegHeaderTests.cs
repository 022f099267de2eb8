using KnSock.Media.Jpeg;

namespace KnSock.Media.Tests.Jpeg;

public class JpegHeaderTests
{
    private static readonly byte[] Whole =
    [
        0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 1, 2, 0xFF, 0xC4, 0, 3, 9, 0xFF, 0xC0, 0, 11, 8, 0x02, 0xD0, 0x05, 0x00, 1, 1, 0x11, 0, 0xFF, 0xDA, 0, 2, 0, 0, 0xFF, 0xD9,
    ];

    [Fact]
    public void The_size_stands_behind_tables()
    {
        Assert.True(JpegHeader.TryReadSize(Whole, out var width, out var height));
        Assert.Equal((1280, 720), (width, height));
    }

    [Fact]
    public void What_is_cut_off_before_its_size_or_has_none_is_refused()
    {
        for (var length = 0; length < 25; length++)
        {
            Assert.False(JpegHeader.TryReadSize(Whole.AsSpan(0, length), out _, out _), $"{length} bytes");
        }

        byte[] flat = [.. Whole];
        flat[19] = flat[18] = 0;
        Assert.False(JpegHeader.TryReadSize(flat, out _, out _));
        byte[] withoutFrame = [.. Whole[..13], .. Whole[26..]];
        Assert.False(JpegHeader.TryReadSize(withoutFrame, out _, out _));
    }

    [Fact]
    public void Noise_is_no_fault()
    {
        for (var seed = 0; seed < 2000; seed++)
        {
            var random = new Random(seed);
            byte[] noise = [.. Whole];
            noise[random.Next(noise.Length)] = (byte)random.Next(256);
            noise[random.Next(noise.Length)] = 0xFF;
            JpegHeader.TryReadSize(noise.AsSpan(0, random.Next(noise.Length)), out _, out _);
        }
    }
}

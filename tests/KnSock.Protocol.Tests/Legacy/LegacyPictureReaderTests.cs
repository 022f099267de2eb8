using System.Buffers;
using System.Buffers.Binary;
using KnSock.Protocol.Legacy;

namespace KnSock.Protocol.Tests.Legacy;

public class LegacyPictureReaderTests
{
    private const double Sent = 1.79e9;

    [Fact]
    public void A_stream_is_read_alike_however_it_is_split()
    {
        var random = new Random(1);
        var pictures = Pictures(random, 6);
        byte[] stream = [.. pictures.Take(3).SelectMany(p => p), .. LegacyStreams.Noise(random, 400), .. pictures.Skip(3).SelectMany(p => p)];
        IEnumerable<IEnumerable<byte[]>> ways =
        [
            [stream],
            stream.Chunk(3),
            .. Enumerable.Range(0, 300).Select(i => i * stream.Length / 300).Select(at => new[] { stream[..at], stream[at..] }),
            .. Enumerable.Range(0, 30).Select(seed => LegacyStreams.Pieces(stream, new Random(seed))),
        ];
        foreach (var pieces in ways)
        {
            var reader = new LegacyPictureReader();
            Assert.Equal(Prints(pictures), Prints(LegacyStreams.ReadPictures(pieces, reader, out var left)));
            Assert.Equal((400L, 1L, 0L), (reader.SkippedBytes, reader.Resynchronisations, left));
        }
    }

    [Theory]
    [InlineData(1e3)]
    [InlineData(1e4)]
    [InlineData(1e5)]
    [InlineData(1e6)]
    public void Damage_costs_the_pictures_it_hits(double oneIn)
    {
        for (var seed = 0; seed < 12; seed++)
        {
            var random = new Random(seed);
            var pictures = Pictures(random, 200);
            var spoilt = LegacyStreams.Spoil(
                [.. pictures.SelectMany(p => p)], random, oneIn, Damage.Cut, Damage.Insert, Damage.Repeat, Damage.Flip);

            var read = LegacyStreams.ReadPictures(LegacyStreams.Pieces(spoilt, random), new LegacyPictureReader(), out _);

            // Where hits are rare: each costs one picture, or two if it lies between them; what was changed within one is its decoder's matter.
            var sent = Prints(pictures).ToHashSet(StringComparer.Ordinal);
            var whole = Prints(read).Count(sent.Contains);
            var hits = spoilt.Length / oneIn;
            Assert.True(oneIn < 1e4 || whole >= pictures.Count - (hits * 3) - 6, $"seed {seed}: {whole} of {pictures.Count} pictures, {hits:0} hits");
            Assert.All(read, p => Assert.True(p.Jpeg is [0xFF, 0xD8, 0xFF, .., 0xFF, 0xD9]));
        }
    }

    /// <summary>A length can say that megabytes are to come; at 30 pictures a second nobody would see one for a long time.</summary>
    [Theory]
    [InlineData(0u)]
    [InlineData(1u)]
    [InlineData(1000u)]
    [InlineData(100_000u)]
    [InlineData(8u << 20)]
    [InlineData((8u << 20) + 1)]
    [InlineData(0x7FFFFFFFu)]
    [InlineData(0x80000000u)]
    [InlineData(0xFFFFFFFFu)]
    public void A_wrong_length_costs_its_picture_alone_and_no_time(uint length)
    {
        var random = new Random(2);
        var pictures = Pictures(random, 4);
        var wrong = pictures[1].ToArray();
        BinaryPrimitives.WriteUInt32BigEndian(wrong.AsSpan(8), length);
        byte[] stream = [.. pictures[0], .. wrong, .. pictures[2], .. pictures[3]];

        var read = LegacyStreams.ReadPictures(LegacyStreams.Pieces(stream, random), new LegacyPictureReader(), out _);

        Assert.Equal([Prints(pictures)[0], Prints(pictures)[2], Prints(pictures)[3]], Prints(read));
    }

    [Fact]
    public void A_picture_within_a_picture_is_none()
    {
        var random = new Random(3);
        var pictures = Pictures(random, 5);
        foreach (var picture in pictures)
        {
            // As the thumbnail that a camera puts into a file.
            LegacyStreams.Picture(random, 1e4, 300).CopyTo(picture, 400);
        }

        var read = LegacyStreams.ReadPictures(FrameReading.Cut([.. pictures.SelectMany(p => p)], random), new LegacyPictureReader(), out _);

        Assert.Equal(Prints(pictures), Prints(read));
    }

    [Fact]
    public void A_clock_that_was_set_costs_nothing_even_beside_damage()
    {
        var random = new Random(4);
        List<byte[]> pictures = [.. Pictures(random, 3), .. Enumerable.Range(0, 4).Select(i => LegacyStreams.Picture(random, Sent - 7200 + i, 900))];
        Assert.Equal(Prints(pictures), Prints(LegacyStreams.ReadPictures([[.. pictures.SelectMany(p => p)]], new LegacyPictureReader(), out _)));

        byte[] damaged = [.. pictures.Take(2).SelectMany(p => p), .. pictures[2][..500], .. pictures.Skip(3).SelectMany(p => p)];
        var read = Prints(LegacyStreams.ReadPictures([damaged], new LegacyPictureReader(), out _));
        Assert.Equal(Prints(pictures)[4..], read.TakeLast(3), StringComparer.Ordinal);
    }

    [Fact]
    public void What_is_no_pictures_at_all_is_given_up_and_not_kept()
    {
        var random = new Random(5);
        var reader = new LegacyPictureReader();
        var noise = LegacyStreams.Noise(random, 1 << 20);
        Assert.Empty(LegacyStreams.ReadPictures([noise], reader, out var left));
        Assert.True(left < 32, $"{left} bytes are kept");
        var e = Assert.Throws<ProtocolException>(() => LegacyStreams.ReadPictures(Enumerable.Repeat(noise, 40), reader, out _).Count);
        Assert.Equal(ProtocolErrorCode.Malformed, e.Code);
    }

    [Fact]
    public void A_length_allocates_nothing()
    {
        var bytes = LegacyStreams.Picture(new Random(6), Sent, 500)[..200];
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(8), LegacyPicture.MaxLength);
        var reader = new LegacyPictureReader();
        Try(reader, bytes);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            Try(reader, bytes);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        static void Try(LegacyPictureReader reader, byte[] bytes)
        {
            var buffer = new ReadOnlySequence<byte>(bytes);
            Assert.False(reader.TryRead(ref buffer, out _));
            Assert.True(buffer.Length == bytes.Length);
        }
    }

    private static List<byte[]> Pictures(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(i => LegacyStreams.Picture(random, Sent + (i / 30.0), random.Next(800, 3000)))];

    private static List<string> Prints(IEnumerable<byte[]> pictures) => [.. pictures.Select(p => Convert.ToHexString(p.AsSpan(LegacyPictureHeader.Size)))];

    private static List<string> Prints(IEnumerable<(double Time, byte[] Jpeg)> pictures) => [.. pictures.Select(p => Convert.ToHexString(p.Jpeg))];
}

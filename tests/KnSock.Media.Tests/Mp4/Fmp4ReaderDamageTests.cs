using System.Buffers.Binary;
using KnSock.Media.Mp4;

namespace KnSock.Media.Tests.Mp4;

public class Fmp4ReaderDamageTests
{
    [Fact]
    public void Random_damage_gives_nothing_but_a_format_exception()
    {
        byte[][] streams = [Ffmpeg.TinyVideo, Ffmpeg.Audio[..4000]];
        var failures = 0;
        for (var seed = 0; seed < 8000; seed++)
        {
            var stream = Damage(streams[seed % streams.Length], new Random(seed));
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                var samples = Fmp4Reading.ReadAll(stream, new Fmp4Reader());
                Assert.True(samples.Sum(s => (long)s.Payload.Length) <= stream.Length, $"seed {seed}: more was read than there is");
            }
            catch (MediaFormatException)
            {
                failures++;
            }
            catch (Exception e) when (e is not Xunit.Sdk.XunitException)
            {
                Assert.Fail($"seed {seed}: {e}");
            }

            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 32 << 20, $"seed {seed}: too much was allocated");
        }

        // The damage has to be such that it is noticed, and such that some streams survive it.
        Assert.InRange(failures, 1000, 7500);
    }

    [Fact]
    public void A_stream_that_ends_anywhere_gives_the_samples_that_were_whole()
    {
        var stream = Ffmpeg.TinyVideo;
        var whole = Fmp4Reading.ReadAll(stream, new Fmp4Reader());
        for (var length = 0; length < stream.Length; length++)
        {
            var reader = new Fmp4Reader();
            var samples = Fmp4Reading.ReadPieces([stream[..length]], reader, out var left);
            Assert.Equal(whole.Take(samples.Count), samples);
            Assert.True(samples.Count < whole.Count || length > stream.Length - 2000);
            Assert.True(left < 2000);
        }
    }

    [Theory]
    [InlineData(Fmp4Reader.MaxMetadata + 1, "moof")]
    [InlineData(Fmp4Reader.MaxMetadata + 1, "moov")]
    [InlineData(0x7FFFFFFF, "moof")]
    [InlineData(0x80000000, "moov")]
    [InlineData(0xFFFFFFFF, "mdat")]
    [InlineData(Fmp4Reader.MaxMediaData + 1, "mdat")]
    [InlineData(0, "mdat")]
    [InlineData(0, "moov")]
    [InlineData(7 - 8, "free")]
    [InlineData(-6, "free")]
    public void A_box_over_its_limit_or_of_an_impossible_size_is_refused_by_its_header(long bodySize, string type)
    {
        var size = bodySize is 0 ? 0 : bodySize + 8;
        var header = new byte[16];
        BinaryPrimitives.WriteUInt32BigEndian(header, size <= uint.MaxValue ? (uint)size : 1);
        System.Text.Encoding.ASCII.GetBytes(type, header.AsSpan(4));
        BinaryPrimitives.WriteInt64BigEndian(header.AsSpan(8), size);
        Assert.Throws<MediaFormatException>(() => Fmp4Reading.ReadAll(header, new Fmp4Reader()));
    }

    [Fact]
    public void A_foreign_box_of_any_size_is_passed_over_without_being_held()
    {
        var box = new byte[16];
        BinaryPrimitives.WriteUInt32BigEndian(box, 1);
        "free"u8.CopyTo(box.AsSpan(4));
        BinaryPrimitives.WriteUInt64BigEndian(box.AsSpan(8), 10_000_016);
        var rest = Enumerable.Repeat(new byte[100_000], 100);
        var reader = new Fmp4Reader();
        var samples = Fmp4Reading.ReadPieces([box, .. rest, Ffmpeg.TinyVideo], reader, out var left);
        Assert.Equal((30, 0L), (samples.Count, left));
    }

    [Fact]
    public void More_samples_than_the_limit_are_refused_before_they_are_listed()
    {
        var stream = (byte[])Ffmpeg.TinyVideo.Clone();
        var trun = stream.AsSpan().IndexOf("trun"u8);
        BinaryPrimitives.WriteUInt32BigEndian(stream.AsSpan(trun + 4), 0); // no field per sample
        BinaryPrimitives.WriteUInt32BigEndian(stream.AsSpan(trun + 8), uint.MaxValue);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<MediaFormatException>(() => Fmp4Reading.ReadAll(stream, new Fmp4Reader()));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20);
    }

    [Theory]
    [InlineData("mvex")]
    [InlineData("trak")]
    [InlineData("stsd")]
    [InlineData("avc1")]
    [InlineData("avcC")]
    [InlineData("trex")]
    [InlineData("tkhd")]
    [InlineData("mdhd")]
    [InlineData("tfhd")]
    [InlineData("moov")]
    public void A_missing_box_is_named_or_refused(string type)
    {
        var stream = (byte[])Ffmpeg.TinyVideo.Clone();
        var place = stream.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(type));
        "skip"u8.CopyTo(stream.AsSpan(place));
        Assert.Throws<MediaFormatException>(() => Fmp4Reading.ReadAll(stream, new Fmp4Reader()));
    }

    [Fact]
    public void Text_looks_like_a_box_that_never_ends()
    {
        var reader = new Fmp4Reader();
        Assert.Empty(Fmp4Reading.ReadAll("<html><body>404</body></html>"u8.ToArray(), reader));
        Assert.False(reader.IsAtBoundary);
    }

    private static byte[] Damage(byte[] source, Random random)
    {
        var bytes = source.ToList();
        for (var i = random.Next(1, 4); i > 0 && bytes.Count > 0; i--)
        {
            var place = random.Next(bytes.Count);
            var count = Math.Min(random.Next(1, 40), bytes.Count - place);
            switch (random.Next(6))
            {
                case 0:
                    bytes.RemoveRange(place, count);
                    break;
                case 1:
                    bytes.InsertRange(place, bytes.GetRange(random.Next(bytes.Count - count), count));
                    break;
                case 2:
                    bytes.RemoveRange(place, bytes.Count - place);
                    bytes.Add(0);
                    break;
                case 3:
                    bytes[place] = (byte)random.Next(256);
                    break;
                case 4:
                    // The head of the file is where a wrong number does most.
                    bytes[random.Next(Math.Min(1000, bytes.Count))] = (byte)(random.Next(2) * 255);
                    break;
                default:
                    bytes[place] ^= (byte)(1 << random.Next(8));
                    break;
            }
        }

        return [.. bytes];
    }
}

using System.Buffers;
using KnSock.Media;

namespace KnSock.Protocol.Tests;

public class FrameReaderTests
{
    public static TheoryData<string> Streams => Vectors.Streams.Names("streams");

    [Theory]
    [MemberData(nameof(Streams))]
    public void A_stream_is_read_as_the_vector_says_however_it_is_split(string name)
    {
        var vector = Vectors.Streams.Named("streams", name);
        var bytes = vector.Hex();
        var frames = vector["frames"]!.AsArray().Select(f => Vectors.Frames.Named("frames", (string)f!).Text("hex")).ToList();
        var expected = ((long)vector["skippedBytes"]!, (long)vector["resynchronisations"]!, (long)vector["leftBytes"]!);
        IEnumerable<IEnumerable<byte[]>> ways =
        [
            [bytes],
            bytes.Select(b => new[] { b }),
            .. Enumerable.Range(0, bytes.Length).Select(at => new[] { bytes[..at], bytes[at..] }),
            .. Enumerable.Range(0, 100).Select(seed => FrameReading.Cut(bytes, new Random(seed))),
        ];
        foreach (var pieces in ways)
        {
            var reader = new FrameReader();
            Assert.Equal(frames, FrameReading.Read(pieces, reader, out var left));
            Assert.Equal(expected, (reader.SkippedBytes, reader.Resynchronisations, left));
        }
    }

    [Theory]
    [InlineData("shared")]
    [InlineData("shared-damaged")]
    public void Frames_of_a_shared_connection_tell_their_track(string name)
    {
        var vector = Vectors.Streams.Named("streams", name);
        var buffer = new ReadOnlySequence<byte>(vector.Hex());
        var reader = new FrameReader();
        foreach (var track in vector["tracks"]!.AsArray())
        {
            Assert.True(reader.TryRead(ref buffer, out var frame));
            Assert.Equal((string)track! == "audio", frame.Header.Flags.HasFlag(FrameFlags.Audio));
        }
    }

    [Fact]
    public void Damage_costs_the_frames_it_hits_and_nothing_but_true_frames_come_out()
    {
        for (var seed = 0; seed < 3000; seed++)
        {
            var random = new Random(seed);
            var frames = Enumerable.Range(0, 12).Select(i => Unit(random, i)).ToList();
            // Behind the damage comes as much as the longest frame, so that nothing is held back at the end.
            byte[] tail = [.. Enumerable.Range(12, 8).SelectMany(i => Unit(random, i))];
            byte[] damaged = [.. Damage([.. frames.SelectMany(f => f)], random), .. tail];
            var read = FrameReading.Read(FrameReading.Cut(damaged, random), new FrameReader(), out _);

            var sent = frames.Concat(Split(tail)).Select(Convert.ToHexStringLower).ToHashSet(StringComparer.Ordinal);
            Assert.True(read.All(sent.Contains), $"seed {seed}: a frame came out that was never sent");
            Assert.True(
                Split(tail).TakeLast(4).Select(Convert.ToHexStringLower).SequenceEqual(read.TakeLast(4), StringComparer.Ordinal),
                $"seed {seed}: the reader did not find back");
        }
    }

    [Fact]
    public void One_damaged_frame_costs_only_itself()
    {
        for (var seed = 0; seed < 1000; seed++)
        {
            var random = new Random(seed);
            var frames = Enumerable.Range(0, 6).Select(i => Unit(random, i)).ToList();
            var hit = random.Next(5);
            var broken = frames[hit].ToArray();
            broken[random.Next(broken.Length)] ^= (byte)(1 << random.Next(8));
            var stream = frames.Select((f, i) => i == hit ? broken : f).SelectMany(f => f).ToArray();
            var expected = frames.Where((_, i) => i != hit).Select(Convert.ToHexStringLower);
            Assert.Equal(expected, FrameReading.Read([stream], new FrameReader(), out _), StringComparer.Ordinal);
        }
    }

    [Fact]
    public void Noise_gives_no_frame_and_is_not_kept()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var noise = new byte[10_000];
            random.NextBytes(noise);
            foreach (var _ in Enumerable.Range(0, 50))
            {
                "KNSK"u8.CopyTo(noise.AsSpan(random.Next(noise.Length - 4)));
            }

            var reader = new FrameReader();
            Assert.Empty(FrameReading.Read(FrameReading.Cut(noise, random), reader, out var left));
            Assert.Equal(noise.Length, reader.SkippedBytes + left);
            Assert.True(left < FrameHeader.Size, $"seed {seed}: {left} bytes of noise are kept");
        }
    }

    [Theory]
    [InlineData("length-0")]
    [InlineData("length-at-cap")]
    [InlineData("length-above-cap")]
    [InlineData("length-7fffffff")]
    [InlineData("length-80000000")]
    [InlineData("length-ffffffff")]
    public void A_length_allocates_nothing(string name)
    {
        var list = name is "length-0" or "length-at-cap" ? "headers" : "refusedHeaders";
        var bytes = Vectors.Frames.Named(list, name).Hex();
        var reader = new FrameReader();
        Try(reader, bytes);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            Try(reader, bytes);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        static void Try(FrameReader reader, byte[] bytes)
        {
            var buffer = new ReadOnlySequence<byte>(bytes);
            reader.TryRead(ref buffer, out _);
        }
    }

    [Fact]
    public void A_payload_that_comes_byte_by_byte_is_not_searched_again_and_again()
    {
        var frame = Unit(new Random(1), 0, size: 2000);
        var reader = new FrameReader();
        for (var length = 0; length < frame.Length; length++)
        {
            var buffer = new ReadOnlySequence<byte>(frame, 0, length);
            Assert.False(reader.TryRead(ref buffer, out _));
            Assert.Equal(length, buffer.Length);
        }

        Assert.Equal((0L, 0L), (reader.SkippedBytes, reader.Resynchronisations));
    }

    [Fact]
    public void Headers_within_headers_are_given_up_on()
    {
        var stream = new byte[ProtocolLimits.MaxPayload];
        for (var place = 0; place + FrameHeader.Size <= stream.Length; place += FrameHeader.Size)
        {
            new FrameHeader { Kind = FrameKind.AccessUnit, Length = 4 << 20, PayloadChecksum = 1 }.Write(stream.AsSpan(place));
        }

        var reader = new FrameReader();
        var e = Assert.Throws<ProtocolException>(() => FrameReading.Read([stream], reader, out _).Count);
        Assert.Equal(ProtocolErrorCode.Malformed, e.Code);
        Assert.True(reader.SkippedBytes < 20 * FrameHeader.Size);
    }

    private static byte[] Unit(Random random, int index, int? size = null)
    {
        var payload = new byte[size ?? random.Next(0, 300)];
        random.NextBytes(payload);
        if (payload.Length > 10 && random.Next(3) == 0)
        {
            "KNSK\u0001\u0003"u8.CopyTo(payload.AsSpan(random.Next(payload.Length - 6)));
        }

        return FrameWriter.AccessUnit(
            new AccessUnit
            {
                Kind = TrackKind.Video,
                Sequence = (uint)index,
                Pts = new Timestamp(index * 33_333L),
                Dts = new Timestamp((index - 2) * 33_333L),
                Duration = TimeSpan.FromMicroseconds(33_333),
                IsKeyframe = index == 0,
                Payload = payload,
            },
            rendition: 1);
    }

    private static List<byte[]> Split(byte[] frames)
    {
        var list = new List<byte[]>();
        while (FrameHeader.TryRead(frames, out var header))
        {
            list.Add(frames[..(FrameHeader.Size + header.Length)]);
            frames = frames[(FrameHeader.Size + header.Length)..];
        }

        return list;
    }

    private static byte[] Damage(byte[] source, Random random)
    {
        var bytes = source.ToList();
        for (var i = random.Next(1, 5); i > 0; i--)
        {
            var place = random.Next(bytes.Count);
            var count = Math.Min(random.Next(1, 60), bytes.Count - place);
            switch (random.Next(5))
            {
                case 0:
                    bytes[place] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes.RemoveRange(place, count);
                    break;
                case 2:
                    bytes.InsertRange(place, Enumerable.Range(0, count).Select(_ => (byte)random.Next(256)));
                    break;
                case 3:
                    bytes.InsertRange(place, bytes.GetRange(place, count));
                    break;
                default:
                    bytes.InsertRange(place, "KNSKNSK"u8.ToArray()[..random.Next(1, 8)]);
                    break;
            }
        }

        return [.. bytes];
    }
}

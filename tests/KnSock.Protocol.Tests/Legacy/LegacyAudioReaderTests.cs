using System.Buffers;
using System.Buffers.Binary;
using KnSock.Protocol.Legacy;

namespace KnSock.Protocol.Tests.Legacy;

public class LegacyAudioReaderTests
{
    /// <summary>As kn-sock's server gives it: the time of sending, in a flood.</summary>
    private const double Sent = 1.79e9;

    [Fact]
    public void A_stream_is_read_alike_however_it_is_split()
    {
        var random = new Random(1);
        byte[] stream = [.. Noise(random, 50), .. Frames(random, 5).SelectMany(f => f), .. "AUD0AUD"u8, .. Frames(random, 4, from: 5, last: 100).SelectMany(f => f)];
        var expected = Prints(LegacyStreams.ReadSound([stream], new LegacyAudioReader(), out var left));
        Assert.Equal(8, expected.Count);
        IEnumerable<IEnumerable<byte[]>> ways =
        [
            stream.Chunk(7),
            .. Enumerable.Range(0, 60).Select(i => i * stream.Length / 60).Select(at => new[] { stream[..at], stream[at..] }),
            .. Enumerable.Range(0, 20).Select(seed => LegacyStreams.Pieces(stream, new Random(seed))),
        ];
        foreach (var pieces in ways)
        {
            Assert.Equal(expected, Prints(LegacyStreams.ReadSound(pieces, new LegacyAudioReader(), out var rest)));
            Assert.Equal(left, rest);
        }
    }

    [Theory]
    [InlineData(1e3)]
    [InlineData(1e4)]
    [InlineData(1e5)]
    [InlineData(1e6)]
    public void What_was_cut_out_put_in_or_repeated_never_comes_out(double oneIn)
    {
        for (var seed = 0; seed < 10; seed++)
        {
            var random = new Random(seed);
            var frames = Frames(random, 150);
            var spoilt = LegacyStreams.Spoil(
                [.. frames.SelectMany(f => f)], random, oneIn, Damage.Cut, Damage.Insert, Damage.Repeat);

            var read = Prints(LegacyStreams.ReadSound(LegacyStreams.Pieces(spoilt, random), new LegacyAudioReader(), out _));

            var sent = Prints(frames);
            var places = read.Select(f => sent.IndexOf(f)).ToList();
            Assert.True(places.All(p => p >= 0), $"seed {seed}: a frame came out that was never sent");
            Assert.True(places.Zip(places.Skip(1)).All(p => p.First < p.Second), $"seed {seed}: frames came out of order or twice");
            // Each hit costs the frame that it is in; where hits lie a frame and more apart, no other.
            var hits = spoilt.Length / oneIn;
            Assert.True(oneIn < 1e4 || read.Count >= frames.Count - 2 - (hits * 2.5) - 6, $"seed {seed}: {read.Count} of {frames.Count} frames, {hits:0} hits");
        }
    }

    /// <summary>What was changed within samples cannot be told without a checksum; all else can.</summary>
    [Theory]
    [InlineData(1e3)]
    [InlineData(1e5)]
    public void A_bit_that_flipped_changes_a_sample_or_costs_a_frame(double oneIn)
    {
        for (var seed = 0; seed < 4; seed++)
        {
            var random = new Random(seed);
            var frames = Frames(random, 200);
            var spoilt = LegacyStreams.Spoil([.. frames.SelectMany(f => f)], random, oneIn, Damage.Flip);

            var read = LegacyStreams.ReadSound([spoilt], new LegacyAudioReader(), out _);

            Assert.True(read.Count > (oneIn > 1e4 ? 190 : 150), $"seed {seed}: {read.Count} frames");
            foreach (var (_, samples, _) in read)
            {
                var nearest = frames.Min(f => Differences(f.AsSpan(LegacyAudioHeader.Size), samples));
                Assert.True(nearest < 30, $"seed {seed}: {nearest} bytes of a frame are not those that were sent");
            }
        }
    }

    [Theory]
    [InlineData(Damage.Flip)]
    [InlineData(Damage.Cut)]
    [InlineData(Damage.Insert)]
    [InlineData(Damage.Repeat)]
    public void The_next_true_frame_is_found_within_one_frame_of_clean_data(Damage kind)
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var random = new Random(seed);
            var frames = Frames(random, 12);
            byte[] before = [.. frames.Take(4).SelectMany(f => f)];
            // One hit anywhere in the fifth, which may reach into the sixth; those behind it are whole.
            var hit = LegacyStreams.Spoil(frames[4], random, random.Next(1, frames[4].Length), kind);
            var reader = new LegacyAudioReader();
            byte[] stream = [.. before, .. hit, .. frames.Skip(5).SelectMany(f => f)];

            var read = Prints(LegacyStreams.ReadSound([stream], reader, out _));

            Assert.Equal(Prints(frames)[5..11], read.TakeLast(6), StringComparer.Ordinal);
            Assert.Equal(Prints(frames)[..4], read.Take(4), StringComparer.Ordinal);

            // A header behind the first clean frame is enough to find it.
            var found = new LegacyAudioReader();
            byte[] soon = [.. before, .. hit, .. frames[5], .. frames[6][..LegacyAudioHeader.Size]];
            Assert.Equal(Prints(frames)[5], Prints(LegacyStreams.ReadSound([soon], found, out _))[^1]);
        }
    }

    [Fact]
    public void Bytes_that_were_passed_over_tell_how_many_frames_are_missing()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var random = new Random(seed);
            var frames = Frames(random, 20);
            var hit = LegacyStreams.Spoil(
                frames[4], random, random.Next(1, frames[4].Length), Damage.Cut, Damage.Insert, Damage.Repeat);
            byte[] stream = [.. frames.Take(4).SelectMany(f => f), .. hit, .. frames.Skip(5).SelectMany(f => f)];
            if (Math.Abs(hit.Length - frames[4].Length) > frames[4].Length / 3)
            {
                continue;
            }

            var read = LegacyStreams.ReadSound([stream], new LegacyAudioReader(), out _);

            var missing = read.Sum(f => (int)Math.Round((double)f.Skipped / frames[0].Length));
            Assert.Equal(19, read.Count + missing);
        }
    }

    [Fact]
    public void A_magic_within_samples_fools_nobody()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var random = new Random(seed);
            var frames = Enumerable.Range(0, 30).Select(i => Deceitful(random, i)).ToList();
            byte[] spoilt = LegacyStreams.Spoil(
                [.. frames.SelectMany(f => f)], random, 20_000, Damage.Cut, Damage.Insert, Damage.Repeat);

            var read = Prints(LegacyStreams.ReadSound(LegacyStreams.Pieces(spoilt, random), new LegacyAudioReader(), out _));

            var sent = Prints(frames);
            Assert.True(read.TrueForAll(sent.Contains), $"seed {seed}: a frame came out that was never sent");
            Assert.True(read.Count > 12, $"seed {seed}: {read.Count} frames");
        }
    }

    [Fact]
    public void Noise_gives_no_frame_and_is_not_kept()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var random = new Random(seed);
            var noise = Noise(random, 50_000);
            for (var i = 0; i < 200; i++)
            {
                LegacyStreams.Sound(random.Next(3) * Sent, Noise(random, 4 * random.Next(4))).CopyTo(noise, random.Next(noise.Length - 32));
            }

            var reader = new LegacyAudioReader();
            Assert.DoesNotContain(LegacyStreams.ReadSound(LegacyStreams.Pieces(noise, random), reader, out var left), f => f.Samples.Length > 12);
            Assert.True(left < 3 * (LegacyAudioFrame.WholeSize), $"seed {seed}: {left} bytes are kept");
        }
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(4096u)]
    [InlineData(4097u)]
    [InlineData(4100u)]
    [InlineData(0x7FFFFFFFu)]
    [InlineData(0x80000000u)]
    [InlineData(0xFFFFFFFFu)]
    public void A_length_allocates_nothing(uint length)
    {
        var bytes = LegacyStreams.Sound(Sent, new byte[64]);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(12), length);
        var reader = new LegacyAudioReader();
        Try(reader, bytes);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            Try(reader, bytes);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        static void Try(LegacyAudioReader reader, byte[] bytes)
        {
            var buffer = new ReadOnlySequence<byte>(bytes);
            Assert.False(reader.TryRead(ref buffer, out _));
        }
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(-1)]
    [InlineData(1e300)]
    public void A_time_that_is_none_is_damage(double time)
    {
        var random = new Random(2);
        var frames = Frames(random, 6);
        byte[] stream = [.. frames[0], .. frames[1], .. frames[2], .. LegacyStreams.Sound(random, time), .. frames[3], .. frames[4], .. frames[5]];
        Assert.Equal(Prints(frames)[..5], Prints(LegacyStreams.ReadSound([stream], new LegacyAudioReader(), out _)));
    }

    [Theory]
    [InlineData(3600)]
    [InlineData(-3600)]
    public void A_clock_that_was_set_costs_nothing(double by)
    {
        var random = new Random(3);
        List<byte[]> frames = [.. Frames(random, 5), .. Enumerable.Range(5, 5).Select(i => LegacyStreams.Sound(random, Sent + by + (i * 1e-5)))];
        var reader = new LegacyAudioReader();
        Assert.Equal(Prints(frames)[..9], Prints(LegacyStreams.ReadSound([[.. frames.SelectMany(f => f)]], reader, out _)));
        Assert.Equal(0, reader.Resynchronisations);
    }

    [Fact]
    public void A_time_that_never_changes_and_silence_are_read_too()
    {
        // The same frame again and again is taken for a repetition: nothing is lost where nothing is heard.
        var random = new Random(4);
        byte[] stream = [.. Enumerable.Range(0, 9).SelectMany(_ => LegacyStreams.Sound(random, 0)), .. Enumerable.Range(0, 9).SelectMany(_ => LegacyStreams.Sound(0, new byte[4096]))];
        var reader = new LegacyAudioReader();
        Assert.Equal(10, LegacyStreams.ReadSound([stream], reader, out _).Count);
        Assert.Equal(7, reader.Repeated);
    }

    [Fact]
    public void Frames_without_samples_are_counted_and_left_out()
    {
        var random = new Random(5);
        byte[] stream = [.. Enumerable.Range(0, 100).SelectMany(i => LegacyStreams.Sound(Sent + i, [])), .. Frames(random, 4, from: 100).SelectMany(f => f)];
        var reader = new LegacyAudioReader();
        Assert.Empty(LegacyStreams.ReadSound([stream[..1600]], reader, out _));
        Assert.InRange(reader.EmptyInARow, 90, 100);
        Assert.Equal(3, LegacyStreams.ReadSound([stream], new LegacyAudioReader(), out _).Count);
    }

    private static List<byte[]> Frames(Random random, int count, int from = 0, int last = LegacyAudioFrame.MaxLength) =>
        [.. Enumerable.Range(from, count).Select(i => LegacyStreams.Sound(random, Sent + (i * 1e-5), i == from + count - 1 ? last : LegacyAudioFrame.MaxLength))];

    /// <summary>A frame with headers among its samples: of any length and time, and also such as lead to the next frame.</summary>
    private static byte[] Deceitful(Random random, int index)
    {
        var time = Sent + (index * 1e-5);
        var frame = LegacyStreams.Sound(random, time);
        for (var i = 0; i < 8; i++)
        {
            var at = LegacyAudioHeader.Size + (4 * random.Next(1, 1010));
            var toEnd = frame.Length - at - LegacyAudioHeader.Size;
            byte[] header = random.Next(3) switch
            {
                0 => [.. "AUD0"u8, .. LegacyStreams.Header(random.Next(2) * Sent / 2, toEnd)],
                1 => [.. "AUD0"u8, .. LegacyStreams.Header(time, random.Next())],
                _ => [.. "AUD0"u8, .. LegacyStreams.Header(time, random.Next(4097))],
            };
            header.CopyTo(frame, at);
        }

        return frame;
    }

    private static byte[] Noise(Random random, int length) => LegacyStreams.Noise(random, length);

    private static List<string> Prints(IEnumerable<byte[]> frames) => [.. frames.Select(f => Convert.ToHexString(f.AsSpan(LegacyAudioHeader.Size)))];

    private static List<string> Prints(IEnumerable<(double Time, byte[] Samples, long Skipped)> frames) => [.. frames.Select(f => Convert.ToHexString(f.Samples))];

    private static int Differences(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        if (a.Length != b.Length)
        {
            return int.MaxValue;
        }

        var count = 0;
        for (var i = 0; i < a.Length && count < 100; i++)
        {
            count += a[i] == b[i] ? 0 : 1;
        }

        return count;
    }
}

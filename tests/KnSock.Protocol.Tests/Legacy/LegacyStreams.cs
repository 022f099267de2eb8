using System.Buffers;
using System.Buffers.Binary;
using KnSock.Protocol.Legacy;
using KnSock.Testing;

namespace KnSock.Protocol.Tests.Legacy;

/// <summary>What a kn-sock server sends, what becomes of it on a bad way, and what is read of that.</summary>
internal static class LegacyStreams
{
    public static byte[] Sound(double time, ReadOnlySpan<byte> samples, string magic = "AUD0") =>
        [.. System.Text.Encoding.ASCII.GetBytes(magic), .. Header(time, samples.Length), .. samples];

    public static byte[] Sound(Random random, double time, int length = LegacyAudioFrame.MaxLength) => Sound(time, Noise(random, length));

    public static byte[] Picture(Random random, double time, int length)
    {
        var jpeg = Noise(random, length);
        // As entropy-coded data: FF stands only before 00.
        for (var i = 0; i < length; i++)
        {
            jpeg[i] = jpeg[i] == 0xFF ? (byte)0x7F : jpeg[i];
        }

        ReadOnlySpan<byte> start = [0xFF, 0xD8, 0xFF, 0xE0];
        start.CopyTo(jpeg);
        (jpeg[^2], jpeg[^1]) = (0xFF, 0xD9);
        return [.. Header(time, length), .. jpeg];
    }

    public static byte[] Header(double time, int length)
    {
        var header = new byte[12];
        BinaryPrimitives.WriteDoubleBigEndian(header, time);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(8), length);
        return header;
    }

    public static byte[] Noise(Random random, int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>Cuts a stream into pieces, as long as those that a socket gives.</summary>
    public static IEnumerable<byte[]> Pieces(byte[] stream, Random random)
    {
        for (var start = 0; start < stream.Length;)
        {
            var end = Math.Min(stream.Length, start + random.Next(1, 9000));
            yield return stream[start..end];
            start = end;
        }
    }

    /// <summary>Damages a stream in single places, one in <paramref name="oneIn"/> bytes on the average.</summary>
    public static byte[] Spoil(byte[] stream, Random random, double oneIn, params Damage[] kinds)
    {
        var spoilt = new List<byte>(stream.Length);
        for (var at = 0; at < stream.Length;)
        {
            var clean = (int)Math.Min(stream.Length - at, Math.Ceiling(-Math.Log(1 - random.NextDouble()) * oneIn));
            spoilt.AddRange(stream.AsSpan(at, clean));
            at += clean;
            if (at < stream.Length)
            {
                at = Hit(stream, at, spoilt, random, kinds[random.Next(kinds.Length)]);
            }
        }

        return [.. spoilt];
    }

    public static List<(double Time, byte[] Samples, long Skipped)> ReadSound(IEnumerable<byte[]> pieces, LegacyAudioReader reader, out long left)
    {
        var frames = new List<(double, byte[], long)>();
        left = Read(pieces, (ref ReadOnlySequence<byte> buffer) =>
        {
            while (reader.TryRead(ref buffer, out var frame))
            {
                frames.Add((frame.Time, frame.Samples.ToArray(), frame.SkippedBytes));
            }
        });
        return frames;
    }

    public static List<(double Time, byte[] Jpeg)> ReadPictures(IEnumerable<byte[]> pieces, LegacyPictureReader reader, out long left)
    {
        var pictures = new List<(double, byte[])>();
        left = Read(pieces, (ref ReadOnlySequence<byte> buffer) =>
        {
            while (reader.TryRead(ref buffer, out var picture))
            {
                pictures.Add((picture.Time, picture.Jpeg.ToArray()));
            }
        });
        return pictures;
    }

    private delegate void Reading(ref ReadOnlySequence<byte> buffer);

    private static long Read(IEnumerable<byte[]> pieces, Reading read)
    {
        var pending = new List<ReadOnlyMemory<byte>>();
        foreach (var piece in pieces)
        {
            pending.Add(piece);
            var buffer = Segments.Join(pending);
            read(ref buffer);
            pending = [.. Segments.Split(buffer)];
        }

        return pending.Sum(p => (long)p.Length);
    }

    private static int Hit(byte[] stream, int at, List<byte> spoilt, Random random, Damage kind)
    {
        var count = Math.Min(random.Next(1, 200), stream.Length - at);
        switch (kind)
        {
            case Damage.Flip:
                spoilt.Add((byte)(stream[at] ^ (1 << random.Next(8))));
                return at + 1;
            case Damage.Cut:
                return at + count;
            case Damage.Insert:
                spoilt.AddRange(Noise(random, count));
                return at;
            default:
                spoilt.AddRange(stream.AsSpan(Math.Max(0, at - count), Math.Min(count, at)));
                return at;
        }
    }
}

/// <summary>Kinds of damage.</summary>
public enum Damage
{
    Flip,
    Cut,
    Insert,
    Repeat,
}

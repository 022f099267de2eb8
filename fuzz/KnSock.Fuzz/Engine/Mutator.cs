using System.Buffers.Binary;

namespace KnSock.Fuzz.Engine;

/// <summary>Changes inputs a little: bits, numbers, pieces of itself and of other inputs, words, and in text numbers and words as such.</summary>
internal sealed class Mutator(FuzzTarget target, Random random)
{
    private const int MostChanges = 6;
    private const int LongestPiece = 64;

    /// <summary>Numbers at which lengths and sums go wrong.</summary>
    private static readonly long[] Numbers =
    [
        0, 1, 2, 3, 4, 7, 8, 16, 43, 44, 45, 63, 64, 127, 128, 255, 256, 1023, 1024, 4095, 4096, 4097, 65_535, 65_536, 100_000, 100_001, 1 << 20, (1 << 20) + 1,
        (8 << 20) - 1, 8 << 20, (8 << 20) + 1, 64 << 20, (64 << 20) + 1, 0x7FFFFFFE, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF, (1L << 56) - 1, 1L << 56, 1L << 60, 1L << 62,
        long.MaxValue, long.MinValue, -1, -2, -(1L << 56),
    ];

    private readonly TextChanges _text = new(random);

    /// <summary>A changed copy of an input.</summary>
    /// <param name="parent">The input.</param>
    /// <param name="others">Inputs from which pieces may come.</param>
    public byte[] Mutate(byte[] parent, IReadOnlyList<byte[]> others)
    {
        var bytes = new List<byte>(parent);
        for (var i = 1 + Math.Min(random.Next(MostChanges), random.Next(MostChanges)); i > 0; i--)
        {
            if (target.IsText && random.Next(2) == 0)
            {
                _text.Change(bytes);
            }
            else
            {
                Change(bytes, others);
            }
        }

        return [.. bytes.Take(target.LongestInput)];
    }

    private void Change(List<byte> bytes, IReadOnlyList<byte[]> others)
    {
        var at = random.Next(bytes.Count + 1);
        var length = Math.Min(random.Next(1, 1 + (random.Next(4) == 0 ? LongestPiece * 8 : LongestPiece)), bytes.Count - at);
        switch (random.Next(11))
        {
            case 0 when at < bytes.Count:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when at < bytes.Count:
                bytes[at] = (byte)random.Next(256);
                break;
            case 2 or 3:
                Overwrite(bytes, at, Number());
                break;
            case 4:
                bytes.RemoveRange(at, length);
                break;
            case 5:
                bytes.InsertRange(random.Next(bytes.Count + 1), bytes.GetRange(at, length));
                break;
            case 6:
                bytes.InsertRange(at, Noise());
                break;
            case 7 when target.Words.Count > 0:
                bytes.InsertRange(at, Word());
                break;
            case 8 when target.Words.Count > 0:
                Overwrite(bytes, at, Word());
                break;
            case 9:
                TakeFrom(bytes, at, others[random.Next(others.Count)]);
                break;
            case 10 when random.Next(3) == 0:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            default:
                break;
        }
    }

    private byte[] Word() => target.Words[random.Next(target.Words.Count)];

    private byte[] Noise()
    {
        var noise = new byte[random.Next(1, 32)];
        random.NextBytes(noise);
        return noise;
    }

    private byte[] Number()
    {
        var number = Numbers[random.Next(Numbers.Length)] + random.Next(-1, 2);
        var bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, number);
        return bytes[(sizeof(long) - (1 << random.Next(4)))..];
    }

    private static void Overwrite(List<byte> bytes, int at, byte[] with)
    {
        for (var i = 0; i < with.Length && at + i < bytes.Count; i++)
        {
            bytes[at + i] = with[i];
        }
    }

    /// <summary>Puts a piece of another input, or the rest of it, in the place of what is there.</summary>
    private void TakeFrom(List<byte> bytes, int at, byte[] other)
    {
        var from = random.Next(other.Length + 1);
        if (random.Next(2) == 0)
        {
            bytes.RemoveRange(at, bytes.Count - at);
            bytes.AddRange(other.AsSpan(from));
            return;
        }

        bytes.InsertRange(at, other.AsSpan(from, Math.Min(random.Next(1, LongestPiece * 4), other.Length - from)));
    }
}

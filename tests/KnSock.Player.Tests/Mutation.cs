using System.Buffers.Binary;

namespace KnSock.Player.Tests;

/// <summary>Damage of the kinds that happen: flipped bits, overwritten runs, cut ends, bytes that came from elsewhere.</summary>
internal static class Mutation
{
    public static byte[] Of(ReadOnlySpan<byte> payload, Random random)
    {
        var bytes = payload.ToArray();
        switch (random.Next(5))
        {
            case 0:
                bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                return bytes;
            case 1:
                var start = random.Next(bytes.Length);
                random.NextBytes(bytes.AsSpan(start, Math.Min(bytes.Length - start, random.Next(1, 64))));
                return bytes;
            case 2:
                return bytes[..random.Next(bytes.Length)];
            case 3:
                for (var i = 0; i < 20; i++)
                {
                    bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                }

                return bytes;
            default:
                // Behind the first length and header, so that the decoder itself gets to see it.
                var from = Math.Min(bytes.Length, 8 + random.Next(32));
                random.NextBytes(bytes.AsSpan(from));
                return bytes;
        }
    }
}

/// <summary>A sample that ends too early although its lengths add up.</summary>
internal static class Truncation
{
    public static byte[] OfLastNalUnit(ReadOnlySpan<byte> sample, int cut)
    {
        var bytes = sample[..^cut].ToArray();
        var at = 0;
        while (true)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at));
            if (at + 4 + length >= bytes.Length)
            {
                BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(at), bytes.Length - at - 4);
                return bytes;
            }

            at += 4 + length;
        }
    }
}

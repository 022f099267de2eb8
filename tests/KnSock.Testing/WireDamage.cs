namespace KnSock.Testing;

/// <summary>Damages a stream of bytes on its way, as seldom as asked: flips bits, cuts pieces out, puts noise in, repeats pieces.</summary>
/// <param name="seed">Of all that is random.</param>
/// <param name="rate">How often, of all bytes.</param>
public sealed class WireDamage(int seed, double rate)
{
    /// <summary>Longest piece that is cut, put in or repeated.</summary>
    private const int LongestPiece = 200;

    private readonly Random _random = new(seed);
    private long _left = -1;

    /// <summary>How often damage was done.</summary>
    public int Count { get; private set; }

    /// <summary>What comes of bytes on their way.</summary>
    public byte[] Pass(ReadOnlySpan<byte> bytes)
    {
        var passed = new List<byte>(bytes.Length);
        for (var i = 0; i < bytes.Length; i++)
        {
            if (_left < 0)
            {
                _left = (long)(Math.Log(1 - _random.NextDouble()) / Math.Log(1 - rate));
            }

            if (_left-- > 0)
            {
                passed.Add(bytes[i]);
                continue;
            }

            Count++;
            i += Damage(bytes[i], bytes.Length - i - 1, passed);
        }

        return [.. passed];
    }

    /// <summary>Does damage at a byte.</summary>
    /// <returns>How many of the bytes behind it are lost.</returns>
    private int Damage(byte hit, int behind, List<byte> passed)
    {
        var length = _random.Next(1, LongestPiece);
        switch (_random.Next(4))
        {
            case 0:
                passed.Add((byte)(hit ^ (1 << _random.Next(8))));
                return 0;
            case 1:
                return Math.Min(length - 1, behind);
            case 2:
                passed.AddRange(Enumerable.Range(0, length).Select(_ => (byte)_random.Next(256)));
                passed.Add(hit);
                return 0;
            default:
                passed.Add(hit);
                passed.AddRange(passed.GetRange(Math.Max(0, passed.Count - length), Math.Min(length, passed.Count)));
                return 0;
        }
    }
}

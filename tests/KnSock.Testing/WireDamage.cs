namespace KnSock.Testing;

/// <summary>Damages a stream of bytes on its way, as seldom as asked: flips bits, cuts pieces out, puts noise in, repeats pieces.</summary>
/// <param name="seed">Of all that is random.</param>
/// <param name="rate">How often, of all bytes.</param>
public sealed class WireDamage(int seed, double rate)
{
    /// <summary>Longest piece that is cut, put in or repeated.</summary>
    private const int LongestPiece = 200;

    /// <summary>Where a byte comes from that was not sent.</summary>
    public const long Foreign = -1;

    private readonly Random _random = new(seed);
    private long _position;
    private long _left = -1;

    /// <summary>How often damage was done.</summary>
    public int Count { get; private set; }

    /// <summary>What comes of bytes on their way.</summary>
    public byte[] Pass(ReadOnlySpan<byte> bytes) => [.. Trace(bytes).Select(b => b.Value)];

    /// <summary>The same, with the place in the stream that each byte was sent at; what was changed or put in has none.</summary>
    public IReadOnlyList<(byte Value, long Origin)> Trace(ReadOnlySpan<byte> bytes)
    {
        var passed = new List<(byte Value, long Origin)>(bytes.Length);
        for (var i = 0; i < bytes.Length; i++, _position++)
        {
            if (_left < 0)
            {
                _left = (long)(Math.Log(1 - _random.NextDouble()) / Math.Log(1 - rate));
            }

            if (_left-- > 0)
            {
                passed.Add((bytes[i], _position));
                continue;
            }

            Count++;
            var length = _random.Next(1, LongestPiece);
            switch (_random.Next(4))
            {
                case 0:
                    passed.Add(((byte)(bytes[i] ^ (1 << _random.Next(8))), Foreign));
                    break;
                case 1:
                    length = Math.Min(length, bytes.Length - i);
                    (i, _position) = (i + length - 1, _position + length - 1);
                    break;
                case 2:
                    passed.AddRange(Enumerable.Range(0, length).Select(_ => ((byte)_random.Next(256), Foreign)));
                    passed.Add((bytes[i], _position));
                    break;
                default:
                    passed.Add((bytes[i], _position));
                    passed.AddRange(passed.GetRange(Math.Max(0, passed.Count - length), Math.Min(length, passed.Count)));
                    break;
            }
        }

        return passed;
    }
}

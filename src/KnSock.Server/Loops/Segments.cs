namespace KnSock.Server.Loops;

/// <summary>Pieces of memory that go out one behind the other in one call, without being copied together. One of a loop's thread, used again for each viewer.</summary>
internal sealed class Segments
{
    /// <summary>For picture and sound each a mark, a configuration and a run of frames, some padding, and what a transport puts in front.</summary>
    public const int Most = 8;

    private readonly ReadOnlyMemory<byte>[] _bytes = new ReadOnlyMemory<byte>[Most];
    private readonly int[] _tags = new int[Most];

    public int Count { get; private set; }

    /// <summary>Bytes of all.</summary>
    public int Length { get; private set; }

    /// <summary>A piece.</summary>
    public ReadOnlyMemory<byte> this[int index] => _bytes[index];

    /// <summary>What whoever put a piece in knows it by.</summary>
    public int TagOf(int index) => _tags[index];

    public void Add(ReadOnlyMemory<byte> bytes, int tag)
    {
        (_bytes[Count], _tags[Count]) = (bytes, tag);
        Count++;
        Length += bytes.Length;
    }

    /// <summary>Adds what another has, without its first bytes and up to a number of bytes.</summary>
    public void AddFrom(Segments other, int skipped, int most)
    {
        for (var i = 0; i < other.Count && most > 0; i++)
        {
            var bytes = other[i];
            var start = Math.Min(skipped, bytes.Length);
            skipped -= start;
            bytes = bytes[start..];
            bytes = bytes[..Math.Min(most, bytes.Length)];
            most -= bytes.Length;
            if (!bytes.IsEmpty)
            {
                Add(bytes, other.TagOf(i));
            }
        }
    }

    public void Clear()
    {
        Array.Clear(_bytes, 0, Count);
        (Count, Length) = (0, 0);
    }
}

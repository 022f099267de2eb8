namespace KnSock.Fuzz.Engine;

/// <summary>What came out of a decoder, as one number: FNV-1a over all of it. Allocates nothing.</summary>
public sealed class Digest
{
    private const ulong Prime = 0x100000001B3;

    /// <summary>The number.</summary>
    public ulong Value { get; private set; } = 0xCBF29CE484222325;

    /// <summary>How many things were added: a coarse measure of how far an input got.</summary>
    public int Count { get; private set; }

    /// <summary>Adds bytes.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        Count++;
        foreach (var b in bytes)
        {
            Value = (Value ^ b) * Prime;
        }
    }

    /// <summary>Adds a number.</summary>
    public void Add(long number)
    {
        Count++;
        for (var shift = 0; shift < 64; shift += 8)
        {
            Value = (Value ^ (byte)(number >> shift)) * Prime;
        }
    }

    /// <summary>Adds text.</summary>
    public void Add(string text)
    {
        Count++;
        foreach (var character in text)
        {
            Value = (Value ^ character) * Prime;
        }
    }
}

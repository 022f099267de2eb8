namespace KnSock.Media;

/// <summary>Reads bits, most significant first. Every step beyond the end is a <see cref="MediaFormatException"/>.</summary>
internal ref struct BitReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _position;

    public bool ReadFlag() => ReadBit() != 0;

    public uint ReadBits(int count)
    {
        var value = 0u;
        for (; count > 0; count--)
        {
            value = (value << 1) | ReadBit();
        }

        return value;
    }

    public void Skip(int count)
    {
        for (; count > 0; count--)
        {
            ReadBit();
        }
    }

    /// <summary>Reads ue(v), an unsigned Exp-Golomb code (ITU-T H.264, 9.1).</summary>
    public uint ReadUnsigned()
    {
        var zeros = 0;
        while (ReadBit() == 0)
        {
            if (++zeros == 32)
            {
                throw new MediaFormatException("an Exp-Golomb code is too long");
            }
        }

        return (uint)((1UL << zeros) - 1 + ReadBits(zeros));
    }

    /// <summary>Reads se(v), a signed Exp-Golomb code (ITU-T H.264, 9.1.1).</summary>
    public long ReadSigned()
    {
        long code = ReadUnsigned();
        return (code & 1) != 0 ? (code + 1) / 2 : -(code / 2);
    }

    private uint ReadBit()
    {
        var index = _position >> 3;
        if (index >= _bytes.Length)
        {
            throw new MediaFormatException("a bit stream ends too early");
        }

        var bit = (uint)(_bytes[index] >> (7 - (_position & 7))) & 1;
        _position++;
        return bit;
    }
}

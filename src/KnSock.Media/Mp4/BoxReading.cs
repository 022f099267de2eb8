namespace KnSock.Media.Mp4;

/// <summary>Boxes inside boxes (ISO 14496-12, 4.2).</summary>
internal static class BoxReading
{
    /// <summary>Reads the head of a full box.</summary>
    public static (byte Version, uint Flags) ReadFullBox(this scoped ref ByteReader reader)
    {
        var value = reader.ReadUInt32();
        return ((byte)(value >> 24), value & 0xFFFFFF);
    }

    /// <summary>Reads the next box. False at the end.</summary>
    public static bool TryReadBox(this scoped ref ByteReader reader, out uint type, out ByteReader body)
    {
        type = 0;
        body = default;
        if (reader.AtEnd)
        {
            return false;
        }

        ulong size = reader.ReadUInt32();
        type = reader.ReadUInt32();
        var header = 8UL;
        if (size == 1)
        {
            size = reader.ReadUInt64();
            header = 16;
        }

        if (size < header || size - header > (ulong)reader.Rest.Length)
        {
            throw new MediaFormatException("a box is larger than the one around it");
        }

        body = new ByteReader(reader.Take((int)(size - header)));
        return true;
    }

    /// <summary>The first box of a type, searched without moving on.</summary>
    public static bool TryFind(this ByteReader reader, uint type, out ByteReader body)
    {
        while (reader.TryReadBox(out var found, out body))
        {
            if (found == type)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The first box of a type, which has to be there.</summary>
    public static ByteReader Find(this ByteReader reader, uint type, string name) =>
        reader.TryFind(type, out var body) ? body : throw new MediaFormatException($"the {name} box is missing");
}

namespace KnSock.Media.Mp4;

/// <summary>The descriptors in an <c>esds</c> box (ISO 14496-1, 7.2.6; 14496-14, 5.6).</summary>
internal static class ElementaryStream
{
    private const byte EsTag = 3;
    private const byte DecoderConfigTag = 4;
    private const byte DecoderSpecificTag = 5;
    private const byte SyncLayerTag = 6;
    private const byte AacObjectType = 0x40;

    /// <summary>The AudioSpecificConfig in the body of an <c>esds</c> box.</summary>
    public static ReadOnlySpan<byte> FindSetup(ByteReader esds)
    {
        esds.Skip(4); // version and flags
        var stream = Descriptor(ref esds, EsTag);
        stream.Skip(2); // ES_ID
        var flags = stream.ReadUInt8();
        if ((flags & 0x80) != 0)
        {
            stream.Skip(2); // dependsOn_ES_ID
        }

        if ((flags & 0x40) != 0)
        {
            stream.Skip(stream.ReadUInt8()); // URL
        }

        if ((flags & 0x20) != 0)
        {
            stream.Skip(2); // OCR_ES_Id
        }

        var decoder = Descriptor(ref stream, DecoderConfigTag);
        if (decoder.ReadUInt8() != AacObjectType)
        {
            throw new MediaFormatException("the track is mp4a but not AAC");
        }

        decoder.Skip(1 + 3 + 4 + 4); // stream type, buffer size, highest and mean bit rate
        return Descriptor(ref decoder, DecoderSpecificTag).Rest;
    }

    /// <summary>Writes what stands in an <c>esds</c> box around an AudioSpecificConfig.</summary>
    public static void WriteSetup(BoxWriter writer, ReadOnlySpan<byte> setup)
    {
        const int header = 5;
        var decoderSize = 13 + header + setup.Length;
        WriteDescriptor(writer, EsTag, 3 + header + decoderSize + header + 1);
        writer.Zeros(2 + 1); // ES_ID, no flags
        WriteDescriptor(writer, DecoderConfigTag, decoderSize);
        writer.UInt8(AacObjectType);
        writer.UInt8(0x15); // audio stream
        writer.Zeros(3 + 4 + 4); // buffer size, highest and mean bit rate: not known
        WriteDescriptor(writer, DecoderSpecificTag, setup.Length);
        writer.Bytes(setup);
        WriteDescriptor(writer, SyncLayerTag, 1);
        writer.UInt8(2); // predefined for MP4
    }

    private static void WriteDescriptor(BoxWriter writer, byte tag, int length)
    {
        writer.UInt8(tag);
        for (var shift = 21; shift > 0; shift -= 7)
        {
            writer.UInt8((byte)(0x80 | ((length >> shift) & 0x7F)));
        }

        writer.UInt8((byte)(length & 0x7F));
    }

    private static ByteReader Descriptor(scoped ref ByteReader reader, byte tag)
    {
        if (reader.ReadUInt8() != tag)
        {
            throw new MediaFormatException("an esds has a descriptor where another is due");
        }

        var length = 0;
        for (var i = 0; i < 4; i++)
        {
            var part = reader.ReadUInt8();
            length = (length << 7) | (part & 0x7F);
            if ((part & 0x80) == 0)
            {
                return new ByteReader(reader.Take(length));
            }
        }

        throw new MediaFormatException("an esds has a descriptor with too long a length");
    }
}

namespace KnSock.Media.H264;

/// <summary>An AVCDecoderConfigurationRecord, the content of <c>avcC</c> (ISO 14496-15, 5.3.3.1).</summary>
public sealed record AvcConfiguration
{
    /// <summary>profile_idc.</summary>
    public required byte Profile { get; init; }

    /// <summary>The constraint flags.</summary>
    public required byte Constraints { get; init; }

    /// <summary>level_idc, ten times the level.</summary>
    public required byte Level { get; init; }

    /// <summary>Bytes of the length in front of each NAL unit: 1, 2 or 4.</summary>
    public required int LengthSize { get; init; }

    /// <summary>Sequence parameter sets, NAL units with their header byte; at least one.</summary>
    public required IReadOnlyList<ReadOnlyMemory<byte>> SequenceParameterSets { get; init; }

    /// <summary>Picture parameter sets; at least one.</summary>
    public required IReadOnlyList<ReadOnlyMemory<byte>> PictureParameterSets { get; init; }

    /// <summary>The codec as RFC 6381 writes it, such as <c>avc1.64001f</c>.</summary>
    public string Codec => $"avc1.{Profile:x2}{Constraints:x2}{Level:x2}";

    /// <summary>Reads a record; its bytes are copied.</summary>
    /// <exception cref="MediaFormatException">It ends too early, or has no parameter sets, or a length size that does not exist.</exception>
    public static AvcConfiguration Read(ReadOnlySpan<byte> record)
    {
        var reader = new ByteReader(record);
        if (reader.ReadUInt8() != 1)
        {
            throw new MediaFormatException("an avcC has an unknown version");
        }

        var profile = reader.ReadUInt8();
        var constraints = reader.ReadUInt8();
        var level = reader.ReadUInt8();
        var lengthSize = (reader.ReadUInt8() & 3) + 1;
        var sequenceSets = ReadSets(ref reader, reader.ReadUInt8() & 0x1F, NalUnitType.SequenceParameterSet);
        var pictureSets = ReadSets(ref reader, reader.ReadUInt8(), NalUnitType.PictureParameterSet);
        if (lengthSize == 3 || sequenceSets.Length == 0 || pictureSets.Length == 0)
        {
            throw new MediaFormatException("an avcC has no parameter sets, or lengths of three bytes");
        }

        return new AvcConfiguration
        {
            Profile = profile,
            Constraints = constraints,
            Level = level,
            LengthSize = lengthSize,
            SequenceParameterSets = sequenceSets,
            PictureParameterSets = pictureSets,
        };
    }

    /// <summary>The set-up of a decoder from a record; the size is that of the first sequence parameter set.</summary>
    /// <exception cref="MediaFormatException">The record or its sequence parameter set is malformed.</exception>
    public static VideoConfiguration ToVideoConfiguration(ReadOnlySpan<byte> record)
    {
        var avc = Read(record);
        var picture = SequenceParameterSet.Read(avc.SequenceParameterSets[0].Span);
        return new VideoConfiguration { Codec = avc.Codec, Setup = record.ToArray(), Width = picture.Width, Height = picture.Height };
    }

    private static ReadOnlyMemory<byte>[] ReadSets(ref ByteReader reader, int count, NalUnitType type)
    {
        var sets = new ReadOnlyMemory<byte>[count];
        for (var i = 0; i < count; i++)
        {
            var set = reader.Take(reader.ReadUInt16());
            if (set.IsEmpty || NalUnits.TypeOf(set) != type)
            {
                throw new MediaFormatException("an avcC has a parameter set of the wrong type");
            }

            sets[i] = set.ToArray();
        }

        return sets;
    }
}

namespace KnSock.Media.H264;

/// <summary>What a sequence parameter set says about the picture (ITU-T H.264, 7.3.2.1.1). Timing and the rest of the VUI are not read.</summary>
public sealed record SequenceParameterSet
{
    /// <summary>Longest set that is read, bytes.</summary>
    public const int MaxSize = 4096;

    /// <summary>Largest width and height, pixels.</summary>
    public const int MaxDimension = 16_384;

    /// <summary>profile_idc, such as 100 for High.</summary>
    public required byte Profile { get; init; }

    /// <summary>The constraint flags, as the byte they are written in.</summary>
    public required byte Constraints { get; init; }

    /// <summary>level_idc, ten times the level.</summary>
    public required byte Level { get; init; }

    /// <summary>Width in pixels after cropping.</summary>
    public required int Width { get; init; }

    /// <summary>Height in pixels after cropping.</summary>
    public required int Height { get; init; }

    /// <summary>Reads a set.</summary>
    /// <param name="nalUnit">The NAL unit with its header byte, without a length or start code.</param>
    /// <exception cref="MediaFormatException">The unit is not a sequence parameter set, or ends too early, or the picture is too large.</exception>
    public static SequenceParameterSet Read(ReadOnlySpan<byte> nalUnit)
    {
        if (nalUnit.Length is < 4 or > MaxSize || (NalUnitType)(nalUnit[0] & 0x1F) != NalUnitType.SequenceParameterSet)
        {
            throw new MediaFormatException("the unit is not a sequence parameter set");
        }

        Span<byte> payload = stackalloc byte[nalUnit.Length - 1];
        var reader = new BitReader(payload[..RemoveEmulationPrevention(nalUnit[1..], payload)]);
        var profile = (byte)reader.ReadBits(8);
        var constraints = (byte)reader.ReadBits(8);
        var level = (byte)reader.ReadBits(8);
        reader.ReadUnsigned(); // seq_parameter_set_id
        var chroma = HasChromaFormat(profile) ? ReadChromaFormat(ref reader) : ChromaFormat.Yuv420;
        SkipPictureOrderCount(ref reader);
        reader.ReadUnsigned(); // max_num_ref_frames
        reader.Skip(1); // gaps_in_frame_num_value_allowed_flag
        var (width, height) = ReadSize(ref reader, chroma);
        return new SequenceParameterSet { Profile = profile, Constraints = constraints, Level = level, Width = width, Height = height };
    }

    private static (int Width, int Height) ReadSize(ref BitReader reader, ChromaFormat chroma)
    {
        var macroblocksWide = reader.ReadUnsigned() + 1L;
        var mapUnitsHigh = reader.ReadUnsigned() + 1L;
        var framesOnly = reader.ReadFlag();
        if (!framesOnly)
        {
            reader.Skip(1); // mb_adaptive_frame_field_flag
        }

        reader.Skip(1); // direct_8x8_inference_flag
        var width = macroblocksWide * 16;
        var height = mapUnitsHigh * 16 * (framesOnly ? 1 : 2);
        if (reader.ReadFlag())
        {
            var unitX = chroma is ChromaFormat.Yuv420 or ChromaFormat.Yuv422 ? 2 : 1;
            var unitY = (chroma is ChromaFormat.Yuv420 ? 2 : 1) * (framesOnly ? 1 : 2);
            width -= unitX * ((long)reader.ReadUnsigned() + reader.ReadUnsigned());
            height -= unitY * ((long)reader.ReadUnsigned() + reader.ReadUnsigned());
        }

        return width is > 0 and <= MaxDimension && height is > 0 and <= MaxDimension
            ? ((int)width, (int)height)
            : throw new MediaFormatException("a sequence parameter set gives an impossible size");
    }

    /// <summary>The profiles whose sets say how chroma is sampled (ITU-T H.264, 7.3.2.1.1).</summary>
    private static bool HasChromaFormat(byte profile) => profile is 100 or 110 or 122 or 244 or 44 or 83 or 86 or 118 or 128 or 138 or 139 or 134 or 135;

    private static ChromaFormat ReadChromaFormat(ref BitReader reader)
    {
        var format = reader.ReadUnsigned();
        if (format > 3)
        {
            throw new MediaFormatException("a sequence parameter set has an unknown chroma format");
        }

        var separatePlanes = format == 3 && reader.ReadFlag();
        reader.ReadUnsigned(); // bit_depth_luma_minus8
        reader.ReadUnsigned(); // bit_depth_chroma_minus8
        reader.Skip(1); // qpprime_y_zero_transform_bypass_flag
        if (reader.ReadFlag())
        {
            SkipScalingLists(ref reader, format == 3 ? 12 : 8);
        }

        return separatePlanes ? ChromaFormat.Monochrome : (ChromaFormat)format;
    }

    private static void SkipScalingLists(ref BitReader reader, int lists)
    {
        for (var list = 0; list < lists; list++)
        {
            if (!reader.ReadFlag())
            {
                continue;
            }

            var last = 8L;
            var next = 8L;
            for (var i = 0; i < (list < 6 ? 16 : 64) && next != 0; i++)
            {
                next = (last + reader.ReadSigned()) & 0xFF;
                last = next == 0 ? last : next;
            }
        }
    }

    private static void SkipPictureOrderCount(ref BitReader reader)
    {
        reader.ReadUnsigned(); // log2_max_frame_num_minus4
        var type = reader.ReadUnsigned();
        if (type == 0)
        {
            reader.ReadUnsigned(); // log2_max_pic_order_cnt_lsb_minus4
        }
        else if (type == 1)
        {
            reader.Skip(1); // delta_pic_order_always_zero_flag
            reader.ReadSigned(); // offset_for_non_ref_pic
            reader.ReadSigned(); // offset_for_top_to_bottom_field
            var cycle = reader.ReadUnsigned();
            if (cycle > 255)
            {
                throw new MediaFormatException("a sequence parameter set has too long a cycle of reference frames");
            }

            for (; cycle > 0; cycle--)
            {
                reader.ReadSigned();
            }
        }
        else if (type > 2)
        {
            throw new MediaFormatException("a sequence parameter set has an unknown picture order");
        }
    }

    /// <summary>Removes the bytes that keep start codes out of the payload (ITU-T H.264, 7.4.1).</summary>
    private static int RemoveEmulationPrevention(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        var zeros = 0;
        var length = 0;
        foreach (var b in source)
        {
            if (zeros >= 2 && b == 3)
            {
                zeros = 0;
                continue;
            }

            zeros = b == 0 ? zeros + 1 : 0;
            destination[length++] = b;
        }

        return length;
    }

    private enum ChromaFormat
    {
        Monochrome,
        Yuv420,
        Yuv422,
        Yuv444,
    }
}

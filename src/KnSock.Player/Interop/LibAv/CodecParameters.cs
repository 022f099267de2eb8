using KnSock.Client.Playout;

namespace KnSock.Player.Interop.LibAv;

/// <summary>An AVCodecParameters: what a decoder must know before its first packet.</summary>
internal sealed unsafe class CodecParameters : NativeStructure
{
    /// <summary>Decoders read beyond the end (AV_INPUT_BUFFER_PADDING_SIZE).</summary>
    private const int Padding = 64;

    /// <summary>Whether the fields have the values of a structure that was just made.</summary>
    public bool IsEmpty =>
        Field<int>(LibAvLayout.ParametersKind) == -1 && Field<int>(LibAvLayout.ParametersCodec) == 0
        && Field<nint>(LibAvLayout.ParametersExtraData) == 0 && Field<int>(LibAvLayout.ParametersExtraDataSize) == 0;

    public void Set(CodecKind codec, ReadOnlySpan<byte> setup)
    {
        var copy = LibAvImports.AllocateZeroed((nuint)(setup.Length + Padding));
        if (copy == 0)
        {
            throw new DecodeException("no memory for the set-up of a decoder");
        }

        setup.CopyTo(new Span<byte>((void*)copy, setup.Length));
        Field<int>(LibAvLayout.ParametersKind) = codec.MediaType;
        Field<int>(LibAvLayout.ParametersCodec) = codec.Id;
        Field<nint>(LibAvLayout.ParametersExtraData) = copy;
        Field<int>(LibAvLayout.ParametersExtraDataSize) = setup.Length;
    }

    protected override bool ReleaseHandle()
    {
        LibAvImports.FreeParameters(ref handle);
        return true;
    }
}

/// <summary>A codec by the numbers of AVCodecID and AVMediaType, which never change.</summary>
/// <param name="Name">Name for messages.</param>
/// <param name="Id">AVCodecID.</param>
/// <param name="MediaType">AVMediaType.</param>
internal sealed record CodecKind(string Name, int Id, int MediaType)
{
    public static CodecKind H264 { get; } = new("H.264", 27, 0);

    public static CodecKind Jpeg { get; } = new("JPEG", 7, 0);

    public static CodecKind Aac { get; } = new("AAC", 0x15002, 1);
}

using System.Runtime.InteropServices;

namespace KnSock.Player.Interop.LibAv;

/// <summary>The functions of libavcodec and libavutil that decoding takes; all of them have kept their shape from FFmpeg 5.1 to 8.</summary>
internal static partial class LibAvImports
{
    public const string Codec = "avcodec";
    public const string Util = "avutil";

    [LibraryImport(Codec, EntryPoint = "avcodec_version")]
    public static partial uint CodecVersion();

    [LibraryImport(Codec, EntryPoint = "avcodec_find_decoder")]
    public static partial nint FindDecoder(int codecId);

    [LibraryImport(Codec, EntryPoint = "avcodec_alloc_context3")]
    public static partial CodecContext AllocateContext(nint codec);

    [LibraryImport(Codec, EntryPoint = "avcodec_free_context")]
    public static partial void FreeContext(ref nint context);

    [LibraryImport(Codec, EntryPoint = "avcodec_parameters_alloc")]
    public static partial CodecParameters AllocateParameters();

    [LibraryImport(Codec, EntryPoint = "avcodec_parameters_free")]
    public static partial void FreeParameters(ref nint parameters);

    [LibraryImport(Codec, EntryPoint = "avcodec_parameters_to_context")]
    public static partial int ParametersToContext(CodecContext context, CodecParameters parameters);

    [LibraryImport(Codec, EntryPoint = "avcodec_open2")]
    public static partial int Open(CodecContext context, nint codec, nint options);

    [LibraryImport(Codec, EntryPoint = "avcodec_send_packet")]
    public static partial int SendPacket(CodecContext context, Packet packet);

    [LibraryImport(Codec, EntryPoint = "avcodec_send_packet")]
    public static partial int SendEnd(CodecContext context, nint nothing);

    [LibraryImport(Codec, EntryPoint = "avcodec_receive_frame")]
    public static partial int ReceiveFrame(CodecContext context, DecodedFrame frame);

    [LibraryImport(Codec, EntryPoint = "avcodec_flush_buffers")]
    public static partial void Flush(CodecContext context);

    [LibraryImport(Codec, EntryPoint = "av_packet_alloc")]
    public static partial Packet AllocatePacket();

    [LibraryImport(Codec, EntryPoint = "av_packet_free")]
    public static partial void FreePacket(ref nint packet);

    [LibraryImport(Codec, EntryPoint = "av_packet_unref")]
    public static partial void EmptyPacket(Packet packet);

    [LibraryImport(Codec, EntryPoint = "av_new_packet")]
    public static partial int FillPacket(Packet packet, int size);

    [LibraryImport(Util, EntryPoint = "avutil_version")]
    public static partial uint UtilVersion();

    [LibraryImport(Util, EntryPoint = "av_frame_alloc")]
    public static partial DecodedFrame AllocateFrame();

    [LibraryImport(Util, EntryPoint = "av_frame_free")]
    public static partial void FreeFrame(ref nint frame);

    [LibraryImport(Util, EntryPoint = "av_frame_unref")]
    public static partial void EmptyFrame(DecodedFrame frame);

    [LibraryImport(Util, EntryPoint = "av_mallocz")]
    public static partial nint AllocateZeroed(nuint size);

    [LibraryImport(Util, EntryPoint = "av_opt_set", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SetOption(CodecContext context, string name, string value, int searchFlags);

    [LibraryImport(Util, EntryPoint = "av_opt_get_int", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int GetOption(CodecContext context, string name, int searchFlags, out long value);

    [LibraryImport(Util, EntryPoint = "av_log_set_level")]
    public static partial void SetLogLevel(int level);

    [LibraryImport(Util, EntryPoint = "av_strerror")]
    public static partial int DescribeError(int error, Span<byte> text, nuint size);
}

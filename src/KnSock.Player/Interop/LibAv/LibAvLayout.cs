using KnSock.Client;

namespace KnSock.Player.Interop.LibAv;

/// <summary>Where the fields lie that are read from and written to native structures.</summary>
/// <remarks>
/// Checked against the headers of FFmpeg 5.1.9 (libavutil 57.28, with a compiler), of its later development (57.44), of 7.0 (59) and of the
/// 8 series (60), on 64-bit systems, where a public structure keeps its layout as long as the major version stays. The fields listed here
/// first are at the same place in all of them. Only the two error fields of AVFrame moved, so they have a row for each major version.
/// </remarks>
internal sealed class LibAvLayout
{
    public const int PacketPts = 8;
    public const int PacketDts = 16;
    public const int PacketData = 24;
    public const int PacketSize = 32;

    public const int FrameData = 0;
    public const int FrameLineSize = 64;
    public const int FrameWidth = 104;
    public const int FrameHeight = 108;
    public const int FrameSamples = 112;
    public const int FrameFormat = 116;
    public const int FramePts = 136;
    public const int FramePlanes = 8;

    public const int ParametersKind = 0;
    public const int ParametersCodec = 4;
    public const int ParametersExtraData = 16;
    public const int ParametersExtraDataSize = 24;

    /// <summary>AV_NOPTS_VALUE.</summary>
    public const long NoTime = long.MinValue;

    private static readonly Lazy<LibAvLayout> Checked = new(Check);

    private LibAvLayout(int? frameFlags, int? frameErrors) => (FrameFlags, FrameErrors) = (frameFlags, frameErrors);

    /// <summary>Offset of AVFrame.flags; null in a version too new to know.</summary>
    public int? FrameFlags { get; }

    /// <summary>Offset of AVFrame.decode_error_flags; null in a version too new to know.</summary>
    public int? FrameErrors { get; }

    /// <summary>The layout of the libraries that were found.</summary>
    /// <exception cref="LiveStreamException">They are not laid out as expected.</exception>
    public static LibAvLayout Require() => Checked.Value;

    private static LibAvLayout Check()
    {
        var codecMajor = (int)(LibAvImports.CodecVersion() >> 16);
        var utilMajor = (int)(LibAvImports.UtilVersion() >> 16);
        if (!Environment.Is64BitProcess || codecMajor < LibAvLibraries.OldestCodec || !IsAsExpected())
        {
            throw new LiveStreamException(
                $"cannot decode: libavcodec {codecMajor} with libavutil {utilMajor} is not a version that is known; install FFmpeg 5.1 to 8");
        }

        // What a decoder has to say about damage comes as an exception; the library would write it to the user's terminal too.
        const int quiet = -8;
        LibAvImports.SetLogLevel(quiet);
        return utilMajor switch
        {
            57 or 58 => new LibAvLayout(316, 376),
            59 => new LibAvLayout(292, 344),
            60 => new LibAvLayout(276, 320),
            _ => new LibAvLayout(null, null),
        };
    }

    /// <summary>New structures have known values in some fields: proof enough that a version newer than this code is laid out alike.</summary>
    private static bool IsAsExpected()
    {
        const int probeSize = 4_321;
        using var packet = LibAvImports.AllocatePacket();
        using var frame = LibAvImports.AllocateFrame();
        using var parameters = LibAvImports.AllocateParameters();
        if (packet.IsInvalid || frame.IsInvalid || parameters.IsInvalid || packet.Pts != NoTime || packet.Dts != NoTime)
        {
            return false;
        }

        return LibAvImports.FillPacket(packet, probeSize) == 0 && packet.Size == probeSize && packet.HasData
            && frame.Pts == NoTime && frame.Format == -1 && frame.Width == 0 && frame.Height == 0 && frame.Samples == 0
            && parameters.IsEmpty;
    }
}

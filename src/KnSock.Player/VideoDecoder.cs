using KnSock.Client;
using KnSock.Client.Playout;
using KnSock.Media;
using KnSock.Media.H264;
using KnSock.Media.Jpeg;
using KnSock.Player.Decoding;
using KnSock.Player.Interop.LibAv;

namespace KnSock.Player;

/// <summary>Decodes H.264 (8 bits, 4:2:0), and JPEG from a kn-sock server, with libavcodec.</summary>
/// <remarks>
/// Damage is an exception, never a painted-over picture. Small pictures are decoded by the calling thread and come out at once (or as soon
/// as their order is known); from 1080 lines on two threads work on consecutive pictures, which costs one picture of delay.
/// </remarks>
public sealed class VideoDecoder : IVideoDecoder
{
    private const int ThreadedHeight = 1080;

    /// <summary>8K; a damaged parameter set may claim more than there is memory for.</summary>
    private const long MaxPixels = 7_680L * 4_352;

    private readonly LibAvLayout _layout;
    private readonly Packet _packet;
    private readonly DecodedFrame _frame;
    private CodecContext? _context;
    private bool _isJpeg;
    private int _lengthSize;
    private bool _needsKeyframe;

    /// <summary>Creates a decoder; <see cref="Configure"/> opens it.</summary>
    /// <exception cref="LiveStreamException">libavcodec is not installed; the message says what to install.</exception>
    public VideoDecoder()
    {
        LibAvLibraries.Require();
        _layout = LibAvLayout.Require();
        _packet = LibAvImports.AllocatePacket();
        _frame = LibAvImports.AllocateFrame();
    }

    /// <inheritdoc/>
    public void Configure(VideoConfiguration configuration)
    {
        Close();
        _isJpeg = configuration.IsJpeg;
        _lengthSize = _isJpeg ? 0 : CheckedLengthSize(configuration.Setup.Span);
        _context = CodecContext.Open(
            _isJpeg ? CodecKind.Jpeg : CodecKind.H264,
            configuration.Setup.Span,
            ("thread_type", "frame"),
            ("threads", configuration.Height >= ThreadedHeight ? "2" : "1"),
            ("max_pixels", $"{MaxPixels}"));
        _needsKeyframe = true;
    }

    /// <inheritdoc/>
    public void Decode(AccessUnit unit, ICollection<VideoFrame> pictures)
    {
        var context = Opened();
        if (_needsKeyframe && !unit.IsKeyframe)
        {
            throw new DecodeException("a picture cannot be decoded without a keyframe before it");
        }

        CheckPayload(unit.Payload.Span);

        _packet.Fill(unit.Payload.Span, unit.Pts.Microseconds, unit.Dts.Microseconds);
        var sent = LibAvImports.SendPacket(context, _packet);
        if (sent == LibAvError.Again)
        {
            Receive(context, pictures);
            sent = LibAvImports.SendPacket(context, _packet);
        }

        ThrowIfDamaged(sent);
        _needsKeyframe = false;
        Receive(context, pictures);
    }

    /// <inheritdoc/>
    public void Drain(ICollection<VideoFrame> pictures)
    {
        var context = Opened();
        if (!_needsKeyframe)
        {
            ThrowIfDamaged(LibAvImports.SendEnd(context, 0));
            Receive(context, pictures);
        }

        Reset();
    }

    /// <inheritdoc/>
    public void Reset()
    {
        LibAvImports.Flush(Opened());
        _needsKeyframe = true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Close();
        _packet.Dispose();
        _frame.Dispose();
    }

    private static int CheckedLengthSize(ReadOnlySpan<byte> setup)
    {
        try
        {
            return AvcConfiguration.Read(setup).LengthSize;
        }
        catch (MediaFormatException e)
        {
            throw new DecodeException($"the set-up of the picture cannot be used: {e.Message}", e);
        }
    }

    private void CheckPayload(ReadOnlySpan<byte> payload)
    {
        if (_isJpeg)
        {
            if (!JpegHeader.TryReadSize(payload, out _, out _))
            {
                throw Damaged("a unit is no JPEG file");
            }
        }
        else if (!NalUnits.IsValid(payload, _lengthSize) || !HasPicture(payload))
        {
            throw Damaged("a unit is not made of whole NAL units with a picture among them");
        }
    }

    private bool HasPicture(ReadOnlySpan<byte> payload)
    {
        foreach (var unit in new NalUnits(payload, _lengthSize))
        {
            if (NalUnits.TypeOf(unit) is >= NalUnitType.Slice and <= NalUnitType.InstantaneousRefreshSlice)
            {
                return true;
            }
        }

        return false;
    }

    private void Receive(CodecContext context, ICollection<VideoFrame> pictures)
    {
        while (true)
        {
            var received = LibAvImports.ReceiveFrame(context, _frame);
            if (received == LibAvError.Again || received == LibAvError.End)
            {
                return;
            }

            ThrowIfDamaged(received);
            try
            {
                pictures.Add(Copy());
            }
            finally
            {
                LibAvImports.EmptyFrame(_frame);
            }
        }
    }

    private VideoFrame Copy()
    {
        if (_frame.IsDamaged(_layout) || _frame.Pts == LibAvLayout.NoTime)
        {
            throw Damaged("a picture is damaged");
        }

        if (PixelFormat.Of(_frame.Format) is not { } format || !(_isJpeg || format.Is420))
        {
            throw Damaged($"only 8-bit {(_isJpeg ? "YUV" : "4:2:0")} pictures can be shown, not pixel format {_frame.Format} of libavutil");
        }

        var copy = VideoFrame.Rent(_frame.Width, _frame.Height, new Timestamp(_frame.Pts), _isJpeg ? ColorMatrix.Bt601 : null);
        ChromaReduction.Copy(_frame, format, copy);
        if (format.IsFullRange)
        {
            FullRange.Limit(copy);
        }

        return copy;
    }

    private void ThrowIfDamaged(int code)
    {
        if (code < 0)
        {
            throw Damaged($"a picture cannot be decoded: {LibAvError.Describe(code)}");
        }
    }

    /// <summary>What follows would refer to a picture that is not there, so the decoder starts anew with the next keyframe.</summary>
    private DecodeException Damaged(string message)
    {
        Reset();
        return new DecodeException(message);
    }

    private CodecContext Opened() => _context ?? throw new InvalidOperationException("Configure must come first");

    private void Close()
    {
        _context?.Dispose();
        _context = null;
    }
}

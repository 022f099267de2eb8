using KnSock.Client;
using KnSock.Client.Playout;
using KnSock.Media;
using KnSock.Player.Interop.LibAv;

namespace KnSock.Player;

/// <summary>Decodes AAC with libavcodec into interleaved floating-point samples.</summary>
public sealed class AudioDecoder : IAudioDecoder
{
    private const int PlanarFloat = 8;

    private readonly LibAvLayout _layout;
    private readonly Packet _packet;
    private readonly DecodedFrame _frame;
    private CodecContext? _context;
    private AudioConfiguration? _configuration;

    /// <summary>Creates a decoder; <see cref="Configure"/> opens it.</summary>
    /// <exception cref="LiveStreamException">libavcodec is not installed; the message says what to install.</exception>
    public AudioDecoder()
    {
        LibAvLibraries.Require();
        _layout = LibAvLayout.Require();
        _packet = LibAvImports.AllocatePacket();
        _frame = LibAvImports.AllocateFrame();
    }

    /// <inheritdoc/>
    public void Configure(AudioConfiguration configuration)
    {
        Close();
        if (configuration.Channels is < 1 or > LibAvLayout.FramePlanes || configuration.SampleRate <= 0 || configuration.Setup.IsEmpty)
        {
            throw new DecodeException($"sound of {configuration.Channels} channels at {configuration.SampleRate} Hz cannot be decoded");
        }

        _context = CodecContext.Open(CodecKind.Aac, configuration.Setup.Span, ("threads", "1"));
        _configuration = configuration;
    }

    /// <inheritdoc/>
    public int Decode(AccessUnit unit, Span<float> samples)
    {
        var context = _context ?? throw new InvalidOperationException("Configure must come first");
        if (unit.Payload.IsEmpty)
        {
            throw Damaged("a unit of sound is empty");
        }

        _packet.Fill(unit.Payload.Span, unit.Pts.Microseconds, unit.Dts.Microseconds);
        ThrowIfDamaged(LibAvImports.SendPacket(context, _packet));
        var count = 0;
        while (true)
        {
            var received = LibAvImports.ReceiveFrame(context, _frame);
            if (received == LibAvError.Again)
            {
                // Every whole unit of AAC has samples.
                return count > 0 ? count : throw Damaged("a unit of sound is damaged");
            }

            ThrowIfDamaged(received);
            try
            {
                count += Interleave(context, _configuration!, samples[(count * _configuration!.Channels)..]);
            }
            finally
            {
                LibAvImports.EmptyFrame(_frame);
            }
        }
    }

    /// <inheritdoc/>
    public void Reset() => LibAvImports.Flush(_context ?? throw new InvalidOperationException("Configure must come first"));

    /// <inheritdoc/>
    public void Dispose()
    {
        Close();
        _packet.Dispose();
        _frame.Dispose();
    }

    private int Interleave(CodecContext context, AudioConfiguration configuration, Span<float> target)
    {
        var channels = configuration.Channels;
        if (_frame.IsDamaged(_layout))
        {
            throw Damaged("a unit of sound is damaged");
        }

        if (_frame.Format != PlanarFloat || _frame.PlaneCount != channels || context.Get("ar") != configuration.SampleRate)
        {
            throw Damaged($"the sound is not {channels} channels at {configuration.SampleRate} Hz as announced");
        }

        var count = _frame.Samples;
        if (count * channels > target.Length)
        {
            throw Damaged($"a unit of sound has {count} samples, more than there may be");
        }

        for (var channel = 0; channel < channels; channel++)
        {
            var source = _frame.Channel(channel);
            for (var i = 0; i < count; i++)
            {
                // Encoders overshoot a little; what is not a number can come only from damage.
                target[(i * channels) + channel] = float.IsFinite(source[i])
                    ? Math.Clamp(source[i], -1f, 1f)
                    : throw Damaged("a unit of sound is damaged");
            }
        }

        return count;
    }

    private void ThrowIfDamaged(int code)
    {
        if (code < 0)
        {
            throw Damaged($"sound cannot be decoded: {LibAvError.Describe(code)}");
        }
    }

    /// <summary>The overlap with a damaged unit would be heard as a crack, so the decoder forgets it.</summary>
    private DecodeException Damaged(string message)
    {
        Reset();
        return new DecodeException(message);
    }

    private void Close()
    {
        _context?.Dispose();
        _context = null;
    }
}

using KnSock.Client;
using KnSock.Client.Playout;

namespace KnSock.Player.Interop.LibAv;

/// <summary>An AVCodecContext: an open decoder for which damage is an error.</summary>
internal sealed class CodecContext : NativeStructure
{
    /// <summary>Opens a decoder.</summary>
    /// <exception cref="DecodeException">The set-up is not one that it understands.</exception>
    public static CodecContext Open(CodecKind codec, ReadOnlySpan<byte> setup, params ReadOnlySpan<(string Name, string Value)> options)
    {
        var decoder = LibAvImports.FindDecoder(codec.Id);
        if (decoder == 0)
        {
            throw new LiveStreamException($"cannot decode: the installed libavcodec was built without {codec.Name}");
        }

        var context = LibAvImports.AllocateContext(decoder);
        try
        {
            using var parameters = LibAvImports.AllocateParameters();
            parameters.Set(codec, setup);
            LibAvError.ThrowIfFailed(LibAvImports.ParametersToContext(context, parameters), $"{codec.Name} set-up");

            // A picture with a hole that was painted over would be shown as if it were good; an error brings the next keyframe instead.
            context.Set("err_detect", "crccheck+bitstream+buffer+explode");
            foreach (var (name, value) in options)
            {
                context.Set(name, value);
            }

            LibAvError.ThrowIfFailed(LibAvImports.Open(context, decoder, 0), $"{codec.Name} set-up");
            return context;
        }
        catch
        {
            context.Dispose();
            throw;
        }
    }

    /// <summary>The value of an option after opening, such as <c>ar</c>, the sample rate.</summary>
    public long Get(string option)
    {
        LibAvError.ThrowIfFailed(LibAvImports.GetOption(this, option, 0, out var value), option);
        return value;
    }

    private void Set(string name, string value) => LibAvError.ThrowIfFailed(LibAvImports.SetOption(this, name, value, 0), $"option {name}");

    protected override bool ReleaseHandle()
    {
        LibAvImports.FreeContext(ref handle);
        return true;
    }
}

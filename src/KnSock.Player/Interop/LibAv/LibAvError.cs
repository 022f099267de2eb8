using System.Text;
using KnSock.Client.Playout;

namespace KnSock.Player.Interop.LibAv;

/// <summary>The library's error codes.</summary>
internal static class LibAvError
{
    /// <summary>AVERROR_EOF.</summary>
    public const int End = -541478725;

    /// <summary>AVERROR(EAGAIN): the decoder wants to be read from, or fed, first.</summary>
    public static int Again { get; } = OperatingSystem.IsMacOS() ? -35 : -11;

    /// <summary>Turns an error code into an exception.</summary>
    /// <exception cref="DecodeException"><paramref name="code"/> is an error.</exception>
    public static void ThrowIfFailed(int code, string what)
    {
        if (code < 0)
        {
            throw new DecodeException($"{what}: {Describe(code)}");
        }
    }

    public static string Describe(int code)
    {
        Span<byte> text = stackalloc byte[128];
        LibAvImports.DescribeError(code, text, (nuint)text.Length);
        var end = text.IndexOf((byte)0);
        return Encoding.UTF8.GetString(text[..Math.Max(0, end)]);
    }
}

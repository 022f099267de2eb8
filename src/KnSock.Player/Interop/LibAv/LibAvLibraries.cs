using System.Runtime.InteropServices;
using KnSock.Client;

namespace KnSock.Player.Interop.LibAv;

/// <summary>Finds a pair of libavcodec and libavutil that belong together.</summary>
internal sealed class LibAvLibraries
{
    /// <summary>FFmpeg 5 has 59; from there to 8 each release raised it by one, and so, it is assumed, will the next few.</summary>
    public const int OldestCodec = 59;

    /// <summary>Where the search begins: beyond the newest that exists (62), whose layout is checked before it is used.</summary>
    public const int NewestCodec = 66;

    private const int CodecAheadOfUtil = 2;
    private static readonly Lazy<LibAvLibraries> FoundOnce = new(Find);

    private LibAvLibraries(nint codec, nint util) => (Codec, Util) = (codec, util);

    /// <summary>The libraries of this process.</summary>
    /// <exception cref="LiveStreamException">There are none, or none of a version that is known.</exception>
    public static LibAvLibraries Found => FoundOnce.Value;

    /// <summary>Handle of libavcodec.</summary>
    public nint Codec { get; }

    /// <summary>Handle of libavutil.</summary>
    public nint Util { get; }

    /// <summary>Makes sure that the libraries are there and laid out as expected. To be called before anything else here.</summary>
    /// <exception cref="LiveStreamException">They are not; the message says what to install.</exception>
    public static void Require()
    {
        NativeLibraries.Register();
        LibAvLayout.Require();
    }

    /// <summary>The file names under which a library of a major version goes, most exact first.</summary>
    public static IEnumerable<string> FileNames(string library, int major)
    {
        if (OperatingSystem.IsWindows())
        {
            return [$"{library}-{major}.dll"];
        }

        if (OperatingSystem.IsMacOS())
        {
            var name = $"lib{library}.{major}.dylib";
            return [name, $"/opt/homebrew/lib/{name}", $"/usr/local/lib/{name}"];
        }

        return [$"lib{library}.so.{major}"];
    }

    private static LibAvLibraries Find()
    {
        for (var major = NewestCodec; major >= OldestCodec; major--)
        {
            var codec = NativeLibraries.OpenFirst(FileNames("avcodec", major));
            if (codec == 0)
            {
                continue;
            }

            var util = NativeLibraries.OpenFirst(FileNames("avutil", major - CodecAheadOfUtil));
            if (util != 0)
            {
                return new LibAvLibraries(codec, util);
            }

            NativeLibrary.Free(codec);
        }

        throw new LiveStreamException($"cannot decode: libavcodec (FFmpeg 5.1 or newer) is not installed; {HowToInstall()}");
    }

    private static string HowToInstall() =>
        OperatingSystem.IsWindows() ? "put the DLLs of a shared FFmpeg build on the PATH"
        : OperatingSystem.IsMacOS() ? "run: brew install ffmpeg"
        : "on Debian and Ubuntu run: apt-get install ffmpeg";
}

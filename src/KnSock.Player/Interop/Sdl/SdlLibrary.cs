using KnSock.Client;

namespace KnSock.Player.Interop.Sdl;

/// <summary>Finds SDL 2.</summary>
internal static class SdlLibrary
{
    private static readonly Lazy<nint> Opened = new(() => NativeLibraries.OpenFirst(FileNames()));

    /// <summary>Whether it is installed.</summary>
    public static bool IsInstalled => Opened.Value != 0;

    /// <summary>Handle of the library.</summary>
    /// <exception cref="LiveStreamException">It is not installed.</exception>
    public static nint Handle => IsInstalled ? Opened.Value : throw new LiveStreamException(HowToInstall);

    /// <summary>One line for the user.</summary>
    public static string HowToInstall =>
        OperatingSystem.IsWindows() ? "SDL 2 is not installed; put SDL2.dll on the PATH"
        : OperatingSystem.IsMacOS() ? "SDL 2 is not installed; run: brew install sdl2"
        : "SDL 2 is not installed; on Debian and Ubuntu run: apt-get install libsdl2-2.0-0";

    private static string[] FileNames() =>
        OperatingSystem.IsWindows() ? ["SDL2.dll"]
        : OperatingSystem.IsMacOS() ? ["libSDL2-2.0.0.dylib", "/opt/homebrew/lib/libSDL2-2.0.0.dylib", "/usr/local/lib/libSDL2-2.0.0.dylib"]
        : ["libSDL2-2.0.so.0", "libSDL2-2.0.so", "libSDL2.so"];
}

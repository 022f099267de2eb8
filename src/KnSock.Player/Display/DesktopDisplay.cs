using System.Runtime.InteropServices;
using KnSock.Client;
using KnSock.Player.Interop.Sdl;

namespace KnSock.Player.Display;

/// <summary>Tells whether there is a display that somebody looks at.</summary>
internal static class DesktopDisplay
{
    private const string DriverVariable = "SDL_VIDEODRIVER";

    /// <summary>Why there can be no window, as far as that is known without asking SDL; null where there may be one.</summary>
    public static string? Problem =>
        OperatingSystem.IsMacOS() ? "macOS opens windows from a program's first thread only, which is not supported yet"
        : IsX11OrWayland && !IsSet("DISPLAY") && !IsSet("WAYLAND_DISPLAY") && !IsSet(DriverVariable)
            ? "there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set)"
        : null;

    private static bool IsX11OrWayland => OperatingSystem.IsLinux() || OperatingSystem.IsFreeBSD();

    /// <summary>Starts SDL's part for windows.</summary>
    /// <exception cref="LiveStreamException">There is no display, or it does not answer.</exception>
    public static SdlRuntime Open()
    {
        var runtime = SdlRuntime.Start(SdlPart.Video);
        var driver = Marshal.PtrToStringUTF8(SdlImports.GetVideoDriver());
        if (!IsX11OrWayland || driver is "x11" or "wayland" || IsSet(DriverVariable))
        {
            return runtime;
        }

        // SDL goes on to drivers that show nothing, or take the text console away from whoever works there.
        runtime.Dispose();
        throw new LiveStreamException("the display that DISPLAY or WAYLAND_DISPLAY names does not answer");
    }

    private static bool IsSet(string variable) => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(variable));
}

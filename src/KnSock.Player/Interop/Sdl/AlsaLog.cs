using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace KnSock.Player.Interop.Sdl;

/// <summary>Keeps ALSA, on which SDL's sound stands on Linux, from writing page-long complaints to the terminal where there is no card.</summary>
internal static unsafe class AlsaLog
{
    /// <summary>SDL's own message stays, and is what the user gets to see.</summary>
    public static void Silence()
    {
        if (OperatingSystem.IsLinux()
            && NativeLibrary.TryLoad("libasound.so.2", out var alsa)
            && NativeLibrary.TryGetExport(alsa, "snd_lib_error_set_handler", out var setHandler))
        {
            ((delegate* unmanaged[Cdecl]<delegate* unmanaged[Cdecl]<byte*, int, byte*, int, byte*, void>, int>)setHandler)(&Ignore);
        }
    }

    /// <summary>The arguments to format follow; who does not ask for them does not get them.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Ignore(byte* file, int line, byte* function, int error, byte* format)
    {
    }
}

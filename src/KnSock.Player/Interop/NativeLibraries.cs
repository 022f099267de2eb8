using System.Reflection;
using System.Runtime.InteropServices;
using KnSock.Player.Interop.LibAv;
using KnSock.Player.Interop.Sdl;

namespace KnSock.Player.Interop;

/// <summary>Tells the runtime where the libraries are that the imports of this assembly name.</summary>
/// <remarks>An assembly can have one resolver only, hence this place shared by both libraries.</remarks>
internal static class NativeLibraries
{
    private static readonly Lazy<bool> Registered = new(() =>
    {
        NativeLibrary.SetDllImportResolver(typeof(NativeLibraries).Assembly, Resolve);
        return true;
    });

    /// <summary>Must have been called before the first import is.</summary>
    public static void Register() => _ = Registered.Value;

    /// <summary>Opens the first of these files that the system's loader finds.</summary>
    public static nint OpenFirst(IEnumerable<string> fileNames)
    {
        foreach (var name in fileNames)
        {
            if (NativeLibrary.TryLoad(name, out var handle))
            {
                return handle;
            }
        }

        return 0;
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath) => name switch
    {
        LibAvImports.Codec => LibAvLibraries.Found.Codec,
        LibAvImports.Util => LibAvLibraries.Found.Util,
        SdlImports.Library => SdlLibrary.Handle,
        _ => 0,
    };
}

using System.Runtime.InteropServices;
using KnSock.Client;

namespace KnSock.Player.Interop.Sdl;

/// <summary>A started part of SDL; disposing of it stops the part when it was the last.</summary>
internal sealed class SdlRuntime : IDisposable
{
    // SDL counts how often a part was started, but not safely for threads.
    private static readonly Lock Starting = new();
    private readonly SdlPart _part;
    private bool _stopped;

    private SdlRuntime(SdlPart part) => _part = part;

    /// <summary>What SDL said of its latest error on this thread.</summary>
    public static string Error => Marshal.PtrToStringUTF8(SdlImports.GetError()) ?? "";

    /// <summary>Starts a part.</summary>
    /// <exception cref="LiveStreamException">SDL is not installed, or there is no such device.</exception>
    public static SdlRuntime Start(SdlPart part)
    {
        NativeLibraries.Register();
        _ = SdlLibrary.Handle;
        lock (Starting)
        {
            // Ctrl-C is the program's own affair.
            SdlImports.SetHint("SDL_NO_SIGNAL_HANDLERS", "1");
            SdlImports.SetHint("SDL_APP_NAME", "KnSock");
            SdlImports.SetHint("SDL_RENDER_SCALE_QUALITY", "1");
            return SdlImports.Start(part) == 0 ? new SdlRuntime(part) : throw new LiveStreamException(Error);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (Starting)
        {
            if (!_stopped)
            {
                _stopped = true;
                SdlImports.Stop(_part);
            }
        }
    }
}

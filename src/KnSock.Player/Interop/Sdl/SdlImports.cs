using System.Runtime.InteropServices;
using KnSock.Player.Display;

namespace KnSock.Player.Interop.Sdl;

/// <summary>The functions of SDL 2.0.14 and newer that a window and a sound card take.</summary>
internal static unsafe partial class SdlImports
{
    public const string Library = "SDL2";

    [LibraryImport(Library, EntryPoint = "SDL_InitSubSystem")]
    public static partial int Start(SdlPart part);

    [LibraryImport(Library, EntryPoint = "SDL_QuitSubSystem")]
    public static partial void Stop(SdlPart part);

    [LibraryImport(Library, EntryPoint = "SDL_SetHint", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SetHint(string name, string value);

    [LibraryImport(Library, EntryPoint = "SDL_GetError")]
    public static partial nint GetError();

    [LibraryImport(Library, EntryPoint = "SDL_GetCurrentVideoDriver")]
    public static partial nint GetVideoDriver();

    [LibraryImport(Library, EntryPoint = "SDL_CreateWindow", StringMarshalling = StringMarshalling.Utf8)]
    public static partial WindowHandle CreateWindow(string title, int x, int y, int width, int height, uint flags);

    [LibraryImport(Library, EntryPoint = "SDL_DestroyWindow")]
    public static partial void DestroyWindow(nint window);

    [LibraryImport(Library, EntryPoint = "SDL_SetWindowTitle", StringMarshalling = StringMarshalling.Utf8)]
    public static partial void SetTitle(WindowHandle window, string title);

    [LibraryImport(Library, EntryPoint = "SDL_SetWindowFullscreen")]
    public static partial int SetFullscreen(WindowHandle window, uint flags);

    [LibraryImport(Library, EntryPoint = "SDL_SetWindowSize")]
    public static partial void SetSize(WindowHandle window, int width, int height);

    [LibraryImport(Library, EntryPoint = "SDL_ShowCursor")]
    public static partial int ShowCursor(int show);

    [LibraryImport(Library, EntryPoint = "SDL_CreateRenderer")]
    public static partial RendererHandle CreateRenderer(WindowHandle window, int driver, uint flags);

    [LibraryImport(Library, EntryPoint = "SDL_DestroyRenderer")]
    public static partial void DestroyRenderer(nint renderer);

    [LibraryImport(Library, EntryPoint = "SDL_GetRendererOutputSize")]
    public static partial int GetOutputSize(RendererHandle renderer, out int width, out int height);

    [LibraryImport(Library, EntryPoint = "SDL_SetRenderDrawColor")]
    public static partial int SetColor(RendererHandle renderer, byte red, byte green, byte blue, byte alpha);

    [LibraryImport(Library, EntryPoint = "SDL_RenderClear")]
    public static partial int Clear(RendererHandle renderer);

    [LibraryImport(Library, EntryPoint = "SDL_RenderCopy")]
    public static partial int Draw(RendererHandle renderer, TextureHandle texture, nint source, in PixelRectangle target);

    [LibraryImport(Library, EntryPoint = "SDL_RenderPresent")]
    public static partial void Show(RendererHandle renderer);

    [LibraryImport(Library, EntryPoint = "SDL_CreateTexture")]
    public static partial TextureHandle CreateTexture(RendererHandle renderer, uint format, int access, int width, int height);

    [LibraryImport(Library, EntryPoint = "SDL_DestroyTexture")]
    public static partial void DestroyTexture(nint texture);

    [LibraryImport(Library, EntryPoint = "SDL_SetTextureBlendMode")]
    public static partial int SetBlending(TextureHandle texture, int mode);

    [LibraryImport(Library, EntryPoint = "SDL_UpdateTexture")]
    public static partial int Upload(TextureHandle texture, nint area, ReadOnlySpan<uint> pixels, int pitch);

    [LibraryImport(Library, EntryPoint = "SDL_UpdateYUVTexture")]
    public static partial int UploadPlanes(
        TextureHandle texture, nint area, ReadOnlySpan<byte> y, int yPitch, ReadOnlySpan<byte> u, int uPitch, ReadOnlySpan<byte> v, int vPitch);

    [LibraryImport(Library, EntryPoint = "SDL_SetYUVConversionMode")]
    public static partial void SetColorMatrix(int mode);

    [LibraryImport(Library, EntryPoint = "SDL_WaitEventTimeout")]
    public static partial int WaitEvent(out SdlEvent happened, int milliseconds);

    [LibraryImport(Library, EntryPoint = "SDL_PushEvent")]
    public static partial int PushEvent(in SdlEvent happened);

    [LibraryImport(Library, EntryPoint = "SDL_OpenAudioDevice")]
    public static partial uint OpenAudio(nint device, int capture, in AudioSpecification wanted, out AudioSpecification obtained, int changes);

    [LibraryImport(Library, EntryPoint = "SDL_CloseAudioDevice")]
    public static partial void CloseAudio(uint device);

    [LibraryImport(Library, EntryPoint = "SDL_PauseAudioDevice")]
    public static partial void PauseAudio(uint device, int pause);
}

/// <summary>The parts of SDL that are started one by one (SDL_INIT_*).</summary>
[Flags]
internal enum SdlPart : uint
{
    Audio = 0x10,
    Video = 0x20,
}

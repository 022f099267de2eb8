using System.Runtime.InteropServices;

namespace KnSock.Player.Interop.Sdl;

/// <summary>An SDL_Window.</summary>
internal sealed class WindowHandle() : SafeHandle(0, ownsHandle: true)
{
    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        SdlImports.DestroyWindow(handle);
        return true;
    }
}

/// <summary>An SDL_Renderer.</summary>
internal sealed class RendererHandle() : SafeHandle(0, ownsHandle: true)
{
    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        SdlImports.DestroyRenderer(handle);
        return true;
    }
}

/// <summary>An SDL_Texture. Must be disposed of before its renderer, which destroys the textures that are left.</summary>
internal sealed class TextureHandle() : SafeHandle(0, ownsHandle: true)
{
    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        SdlImports.DestroyTexture(handle);
        return true;
    }
}

namespace KnSock.Player.Interop.Sdl;

/// <summary>Numbers of SDL's headers, by their meaning.</summary>
internal static class SdlConstants
{
    public const int WindowPositionCentered = 0x2FFF0000;
    public const uint WindowResizable = 0x20;
    public const uint WindowHighDpi = 0x2000;
    public const uint WindowFullscreenDesktop = 0x1001;

    public const uint RendererAccelerated = 2;
    public const uint RendererWaitsForDisplay = 4;

    /// <summary>SDL_PIXELFORMAT_IYUV: three planes.</summary>
    public const uint FormatPlanarYuv = 0x56555949;

    /// <summary>SDL_PIXELFORMAT_ARGB8888.</summary>
    public const uint FormatArgb = 0x16362004;

    public const int TextureStatic = 0;
    public const int TextureStreaming = 1;
    public const int BlendAlpha = 1;
    public const int MatrixBt601 = 1;
    public const int MatrixBt709 = 2;

    /// <summary>AUDIO_F32LSB; all systems that .NET 10 runs SDL on are little-endian.</summary>
    public const ushort AudioFloat = 0x8120;
}

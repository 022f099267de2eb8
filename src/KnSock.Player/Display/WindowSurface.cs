using KnSock.Client;
using KnSock.Client.Playout;
using KnSock.Player.Interop.Sdl;

namespace KnSock.Player.Display;

/// <summary>A window and what is drawn in it. Belongs to the thread that made it.</summary>
internal sealed class WindowSurface : IDisposable
{
    private const int Margin = 8;

    private readonly SdlRuntime _runtime;
    private readonly WindowHandle _window;
    private readonly RendererHandle _renderer;
    private TextureHandle? _picture;
    private (int Width, int Height) _pictureSize;
    private TextureHandle? _statistics;
    private TextureHandle? _message;
    private (int Width, int Height) _statisticsSize;
    private (int Width, int Height) _messageSize;
    private (Overlay Overlay, int Scale) _painted = (Overlay.Empty, 0);
    private ColorMatrix _matrix;
    private bool _fullscreen;

    /// <summary>Opens a window.</summary>
    /// <exception cref="LiveStreamException">There is no display.</exception>
    public WindowSurface(string title, int width, int height)
    {
        _runtime = DesktopDisplay.Open();
        _window = SdlImports.CreateWindow(
            title,
            SdlConstants.WindowPositionCentered,
            SdlConstants.WindowPositionCentered,
            width,
            height,
            SdlConstants.WindowResizable | SdlConstants.WindowHighDpi);
        _renderer = _window.IsInvalid ? new RendererHandle() : CreateRenderer(_window);
        if (_renderer.IsInvalid)
        {
            var error = SdlRuntime.Error;
            Dispose();
            throw new LiveStreamException(error);
        }
    }

    /// <summary>Lines of the display that the picture took when all was drawn last; those of the window before there is a picture.</summary>
    public int PictureLines { get; private set; }

    /// <summary>Fills the screen or goes back to the window.</summary>
    public void ToggleFullscreen()
    {
        _fullscreen = !_fullscreen;
        SdlImports.SetFullscreen(_window, _fullscreen ? SdlConstants.WindowFullscreenDesktop : 0);
        _ = SdlImports.ShowCursor(_fullscreen ? 0 : 1);
    }

    /// <summary>Changes the title.</summary>
    public void SetTitle(string title) => SdlImports.SetTitle(_window, title);

    /// <summary>Takes a picture over; it is seen with the next <see cref="Draw"/>.</summary>
    /// <param name="frame">The picture; it remains the caller's.</param>
    /// <param name="matrix">How its colours are coded.</param>
    public void Load(VideoFrame frame, ColorMatrix matrix)
    {
        if (_picture is null || _pictureSize != (frame.Width, frame.Height) || _matrix != matrix)
        {
            _picture?.Dispose();
            (_pictureSize, _matrix) = ((frame.Width, frame.Height), matrix);

            // A texture is made for the colours that are set at that time.
            SdlImports.SetColorMatrix(matrix == ColorMatrix.Bt601 ? SdlConstants.MatrixBt601 : SdlConstants.MatrixBt709);
            _picture = CreateTexture(SdlConstants.FormatPlanarYuv, SdlConstants.TextureStreaming, frame.Width, frame.Height);
        }

        SdlImports.UploadPlanes(_picture, 0, frame.Y, frame.Width, frame.U, frame.ChromaWidth, frame.V, frame.ChromaWidth);
    }

    /// <summary>Draws everything anew.</summary>
    /// <param name="overlay">Text over the picture.</param>
    public void Draw(Overlay overlay)
    {
        if (SdlImports.GetOutputSize(_renderer, out var width, out var height) != 0)
        {
            return;
        }

        var place = Letterbox.Fit(_pictureSize.Width, _pictureSize.Height, width, height);
        PictureLines = place.Height;
        Paint(overlay, OverlayPainter.ScaleFor(width, height));
        SdlImports.SetColor(_renderer, 0, 0, 0, byte.MaxValue);
        SdlImports.Clear(_renderer);
        if (_picture is not null)
        {
            SdlImports.Draw(_renderer, _picture, 0, place);
        }

        var margin = Margin * _painted.Scale;
        if (_statistics is not null)
        {
            SdlImports.Draw(_renderer, _statistics, 0, new PixelRectangle(margin, margin, _statisticsSize.Width, _statisticsSize.Height));
        }

        if (_message is not null)
        {
            var (x, y) = (margin, height - margin - _messageSize.Height);
            SdlImports.Draw(_renderer, _message, 0, new PixelRectangle(x, y, _messageSize.Width, _messageSize.Height));
        }

        SdlImports.Show(_renderer);
    }

    /// <summary>The graphics card forgot its textures.</summary>
    public void Forget()
    {
        _picture?.Dispose();
        _picture = null;
        _painted = (Overlay.Empty, 0);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _picture?.Dispose();
        _statistics?.Dispose();
        _message?.Dispose();
        _renderer.Dispose();
        _window.Dispose();
        _runtime.Dispose();
    }

    private static RendererHandle CreateRenderer(WindowHandle window)
    {
        const int anyDriver = -1;
        var renderer = SdlImports.CreateRenderer(
            window, anyDriver, SdlConstants.RendererAccelerated | SdlConstants.RendererWaitsForDisplay);
        if (!renderer.IsInvalid)
        {
            return renderer;
        }

        renderer.Dispose();
        return SdlImports.CreateRenderer(window, anyDriver, 0);
    }

    private void Paint(Overlay overlay, int scale)
    {
        if (_painted == (overlay, scale))
        {
            return;
        }

        _painted = (overlay, scale);
        Replace(ref _statistics, ref _statisticsSize, OverlayPainter.Statistics(overlay, scale));
        Replace(ref _message, ref _messageSize, OverlayPainter.Message(overlay, scale));
    }

    private void Replace(ref TextureHandle? texture, ref (int Width, int Height) size, OverlayCanvas? canvas)
    {
        if (canvas is null || size != (canvas.Width, canvas.Height))
        {
            texture?.Dispose();
            texture = null;
            size = default;
        }

        if (canvas is not null)
        {
            size = (canvas.Width, canvas.Height);
            texture ??= CreateTexture(SdlConstants.FormatArgb, SdlConstants.TextureStatic, canvas.Width, canvas.Height);
            SdlImports.SetBlending(texture, SdlConstants.BlendAlpha);
            SdlImports.Upload(texture, 0, canvas.Pixels, canvas.Width * sizeof(uint));
        }
    }

    private TextureHandle CreateTexture(uint format, int access, int width, int height)
    {
        var texture = SdlImports.CreateTexture(_renderer, format, access, width, height);
        return !texture.IsInvalid
            ? texture
            : throw new LiveStreamException($"a picture of {width}x{height} cannot be shown: {SdlRuntime.Error}");
    }
}

namespace KnSock.Player.Display;

/// <summary>A block of ARGB pixels with text and bars in it, drawn at a whole-number magnification so that letters stay sharp.</summary>
internal sealed class OverlayCanvas
{
    private readonly uint[] _pixels;
    private readonly int _scale;

    /// <summary>Creates a canvas filled with one colour, its corners rounded.</summary>
    /// <param name="width">Width in font pixels.</param>
    /// <param name="height">Height in font pixels.</param>
    /// <param name="scale">Screen pixels to a font pixel.</param>
    /// <param name="background">Colour as 0xAARRGGBB.</param>
    public OverlayCanvas(int width, int height, int scale, uint background)
    {
        (Width, Height, _scale) = (width * scale, height * scale, scale);
        _pixels = new uint[Width * Height];
        Array.Fill(_pixels, background);
        RoundCorners(3 * scale);
    }

    /// <summary>Width in screen pixels.</summary>
    public int Width { get; }

    /// <summary>Height in screen pixels.</summary>
    public int Height { get; }

    /// <summary>Rows of 0xAARRGGBB.</summary>
    public ReadOnlySpan<uint> Pixels => _pixels;

    /// <summary>Writes text; what does not fit is cut.</summary>
    /// <param name="x">Left edge in font pixels.</param>
    /// <param name="y">Upper edge in font pixels.</param>
    /// <param name="text">The text; characters outside ASCII become boxes.</param>
    /// <param name="color">Colour as 0xAARRGGBB.</param>
    public void Write(int x, int y, ReadOnlySpan<char> text, uint color)
    {
        foreach (var letter in text)
        {
            for (var row = 0; row < BitmapFont.Height; row++)
            {
                for (var column = 0; column < BitmapFont.Width; column++)
                {
                    if (BitmapFont.IsSet(letter, column, row))
                    {
                        Fill(x + column, y + row, 1, 1, color);
                    }
                }
            }

            x += BitmapFont.Advance;
        }
    }

    /// <summary>Fills a rectangle given in font pixels.</summary>
    public void Fill(int x, int y, int width, int height, uint color)
    {
        var (left, right) = (Math.Clamp(x * _scale, 0, Width), Math.Clamp((x + width) * _scale, 0, Width));
        var (top, bottom) = (Math.Clamp(y * _scale, 0, Height), Math.Clamp((y + height) * _scale, 0, Height));
        for (var row = top; row < bottom; row++)
        {
            _pixels.AsSpan((row * Width) + left, right - left).Fill(color);
        }
    }

    private void RoundCorners(int radius)
    {
        for (var y = 0; y < radius; y++)
        {
            for (var x = 0; x < radius; x++)
            {
                var (dx, dy) = (radius - x - 0.5, radius - y - 0.5);
                if ((dx * dx) + (dy * dy) > radius * radius)
                {
                    var (right, bottom) = (Width - 1 - x, Height - 1 - y);
                    _pixels[(y * Width) + x] = _pixels[(y * Width) + right] = 0;
                    _pixels[(bottom * Width) + x] = _pixels[(bottom * Width) + right] = 0;
                }
            }
        }
    }
}

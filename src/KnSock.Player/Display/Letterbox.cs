namespace KnSock.Player.Display;

/// <summary>Where a picture goes in a window so that it is as large as can be, keeps its shape and lies in the middle.</summary>
internal static class Letterbox
{
    /// <summary>The place of the picture; at least one pixel in both directions.</summary>
    public static PixelRectangle Fit(int pictureWidth, int pictureHeight, int windowWidth, int windowHeight)
    {
        if (pictureWidth <= 0 || pictureHeight <= 0 || windowWidth <= 0 || windowHeight <= 0)
        {
            return new PixelRectangle(0, 0, Math.Max(1, windowWidth), Math.Max(1, windowHeight));
        }

        var widthAtFullHeight = RoundedShare(windowHeight, pictureWidth, pictureHeight);
        var (width, height) = widthAtFullHeight <= windowWidth
            ? (widthAtFullHeight, windowHeight)
            : (windowWidth, Math.Min(windowHeight, RoundedShare(windowWidth, pictureHeight, pictureWidth)));
        return new PixelRectangle((windowWidth - width) / 2, (windowHeight - height) / 2, width, height);
    }

    private static int RoundedShare(int length, int part, int whole) =>
        (int)Math.Clamp((((long)length * part) + (whole / 2)) / whole, 1, int.MaxValue);
}

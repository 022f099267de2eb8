namespace KnSock.Player.Display;

/// <summary>Lays the text of an <see cref="Overlay"/> out in panels.</summary>
internal static class OverlayPainter
{
    private const uint PanelColor = 0xD40E1216;
    private const uint HeadingColor = 0xFFFFFFFF;
    private const uint LabelColor = 0xFF9FB0BF;
    private const uint ValueColor = 0xFFF2F5F7;
    public const uint BarColor = 0xFF4FC3A1;
    private const uint BarTrackColor = 0xFF2B343C;

    private const int Padding = 6;
    private const int LineHeight = BitmapFont.Height + 2;
    private const int ColumnGap = 10;
    private const int BarHeight = 2;

    /// <summary>Magnification for a window: letters about as large as subtitles' small print, never unreadable.</summary>
    public static int ScaleFor(int windowWidth, int windowHeight) => Math.Clamp(Math.Min(windowWidth / 320, windowHeight / 200), 1, 6);

    /// <summary>The statistics; null where there are none.</summary>
    public static OverlayCanvas? Statistics(Overlay overlay, int scale)
    {
        var lines = overlay.Statistics;
        if (lines.Count == 0)
        {
            return null;
        }

        var labelWidth = lines.Max(line => TextWidth(line.Label)) + ColumnGap;
        var width = lines.Max(line => line.Label.Length == 0 ? TextWidth(line.Value) : labelWidth + TextWidth(line.Value));
        var height = lines.Sum(HeightOf);
        var canvas = new OverlayCanvas(width + (2 * Padding), height + (2 * Padding) - 2, scale, PanelColor);
        var y = Padding;
        foreach (var line in lines)
        {
            canvas.Write(Padding, y, line.Label, LabelColor);
            canvas.Write(line.Label.Length == 0 ? Padding : Padding + labelWidth, y, line.Value, line.Label.Length == 0 ? HeadingColor : ValueColor);
            if (line.Level is { } level)
            {
                var barWidth = width - labelWidth;
                canvas.Fill(Padding + labelWidth, y + BitmapFont.Height, barWidth, BarHeight, BarTrackColor);
                canvas.Fill(Padding + labelWidth, y + BitmapFont.Height, (int)Math.Round(barWidth * Math.Clamp(level, 0, 1)), BarHeight, BarColor);
            }

            y += HeightOf(line);
        }

        return canvas;
    }

    /// <summary>The message; null where there is none.</summary>
    public static OverlayCanvas? Message(Overlay overlay, int scale)
    {
        if (overlay.Message is not { Length: > 0 } message)
        {
            return null;
        }

        var canvas = new OverlayCanvas(TextWidth(message) + (2 * Padding), BitmapFont.Height + (2 * Padding) - 2, scale, PanelColor);
        canvas.Write(Padding, Padding, message, HeadingColor);
        return canvas;
    }

    private static int HeightOf(OverlayLine line) => LineHeight + (line.Level is null ? 0 : BarHeight + 1) + (line.Label.Length == 0 ? 3 : 0);

    private static int TextWidth(string text) => text.Length == 0 ? 0 : (text.Length * BitmapFont.Advance) - 1;
}

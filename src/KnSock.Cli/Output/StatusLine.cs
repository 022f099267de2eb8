using System.Globalization;
using KnSock.Client.Playout;

namespace KnSock.Cli.Output;

/// <summary>One line on a terminal that is written over and over while something goes on.</summary>
internal sealed class StatusLine(Terminal terminal)
{
    private bool _shown;

    /// <summary>Shows the present figures.</summary>
    public void Show(PlaybackStatistics statistics) => Show(Format(statistics));

    /// <summary>Shows a line without escapes.</summary>
    public void Show(string line)
    {
        var width = terminal.Width() - 1;
        terminal.Error.Write($"\r\u001b[2K{(line.Length > width ? line[..width] : line)}");
        _shown = true;
    }

    /// <summary>Takes the line away, so that what follows stands alone.</summary>
    public void Clear()
    {
        if (_shown)
        {
            terminal.Error.Write("\r\u001b[2K");
            _shown = false;
        }
    }

    /// <summary>The line without escapes.</summary>
    internal static string Format(PlaybackStatistics s)
    {
        if (s.JoinMs is null)
        {
            return $"{Printable.Escape(s.Channel)}: waiting for the first picture";
        }

        var buffers = string.Create(CultureInfo.InvariantCulture, $"picture {s.VideoBufferSeconds:0.0} s, sound {s.AudioBufferSeconds:0.0} s ahead");
        var stalls = string.Create(CultureInfo.InvariantCulture, $"{s.Stalls} stalls ({s.StallMs / 1000:0.0} s), {s.FramesDropped} dropped");
        return $"{Printable.Escape(s.Channel)} {Printable.Escape(s.Rendition ?? "-")}: {buffers}; {stalls}";
    }
}

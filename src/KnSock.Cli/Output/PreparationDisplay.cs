using System.Globalization;
using KnSock.Cli.Arguments;
using KnSock.Server;

namespace KnSock.Cli.Output;

/// <summary>
/// Shows how far a preparation has come, a line for each rendition: drawn over and over on a terminal, otherwise now and then those that
/// have moved.
/// </summary>
internal sealed class PreparationDisplay(Terminal terminal, TimeProvider time)
{
    private const int BarLength = 24;
    private static readonly TimeSpan PlainInterval = TimeSpan.FromSeconds(5);

    private readonly Dictionary<(string Video, string Name), (TimeSpan Since, int GopsThen)> _starts = [];
    private readonly Dictionary<(string Video, string Name), int> _told = [];
    private readonly long _start = time.GetTimestamp();
    private TimeSpan _toldAt;
    private int _lines;

    /// <summary>Shows the state of this moment.</summary>
    public void Show(IReadOnlyList<PreparedRendition> renditions)
    {
        var now = time.GetElapsedTime(_start);
        var lines = renditions.Select(r => Describe(r, now)).ToList();
        if (terminal.ErrorIsTerminal)
        {
            Draw(lines.ConvertAll(l => l.Line));
        }
        else if (now - _toldAt >= PlainInterval)
        {
            _toldAt = now;
            foreach (var (line, rendition) in lines)
            {
                if (_told.GetValueOrDefault((rendition.Video, rendition.Name)) != rendition.StoredGops)
                {
                    _told[(rendition.Video, rendition.Name)] = rendition.StoredGops;
                    terminal.Error.WriteLine(line);
                }
            }
        }
    }

    private void Draw(List<string> lines)
    {
        var width = terminal.Width() - 1;
        var up = _lines > 0 ? $"\u001b[{_lines}A" : string.Empty;
        terminal.Error.Write(up + string.Concat(lines.Select(l => $"\r\u001b[2K{(l.Length > width ? l[..width] : l)}\n")));
        _lines = lines.Count;
    }

    /// <summary>Speed and time left count from when the rendition first moved, for they are made one after the other.</summary>
    private (string Line, PreparedRendition Rendition) Describe(PreparedRendition rendition, TimeSpan now)
    {
        var key = (rendition.Video, rendition.Name);
        if (!_starts.TryGetValue(key, out var start) || start.GopsThen == rendition.StoredGops)
        {
            start = _starts[key] = (now, rendition.StoredGops);
        }

        var share = (double)rendition.StoredGops / rendition.GopCount;
        var line = string.Create(
            CultureInfo.InvariantCulture,
            $"{Printable.Escape(rendition.Video)} {rendition.Name,-8} {Bar(share)} {Math.Floor(share * 100),3} %{Pace(rendition, now - start.Since, rendition.StoredGops - start.GopsThen)}");
        return (line, rendition);
    }

    private static string Pace(PreparedRendition rendition, TimeSpan took, int gops)
    {
        if (rendition.StoredGops == rendition.GopCount || gops == 0 || took < TimeSpan.FromSeconds(0.5))
        {
            return string.Empty;
        }

        var left = took * ((double)(rendition.GopCount - rendition.StoredGops) / gops);
        var speed = rendition.Duration * ((double)gops / rendition.GopCount) / took;
        return string.Create(CultureInfo.InvariantCulture, $"  {speed:0.0} x real time, {Duration.ToClock(left)} left");
    }

    private string Bar(double share)
    {
        if (!terminal.ErrorIsTerminal)
        {
            return string.Empty;
        }

        var full = (int)(share * BarLength);
        return $"[{new string('=', full)}{new string(' ', BarLength - full)}]";
    }
}

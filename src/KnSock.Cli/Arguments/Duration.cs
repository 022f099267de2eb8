using System.Globalization;

namespace KnSock.Cli.Arguments;

/// <summary>Lengths of time as people type them: <c>500ms</c>, <c>10s</c>, <c>2m</c>, <c>1h</c>, or plain seconds.</summary>
internal static class Duration
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(365);

    private static readonly (string Suffix, double Seconds)[] Units = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("", 1)];

    /// <summary>Reads a length of time above zero and up to a year.</summary>
    public static bool TryParse(string text, out TimeSpan duration) => TryParseOrZero(text, out duration) && duration > TimeSpan.Zero;

    /// <summary>Reads a length of time from zero to a year.</summary>
    public static bool TryParseOrZero(string text, out TimeSpan duration)
    {
        var (suffix, unit) = Units.First(u => text.EndsWith(u.Suffix, StringComparison.OrdinalIgnoreCase));
        var number = text[..^suffix.Length];
        duration = default;
        if (!double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value))
        {
            return false;
        }

        var seconds = value * unit;
        if (!double.IsFinite(seconds) || seconds > Longest.TotalSeconds)
        {
            return false;
        }

        duration = TimeSpan.FromSeconds(seconds);
        // What is not zero is not to become it.
        return duration > TimeSpan.Zero || value == 0;
    }

    /// <summary>Writes a length for people: <c>0:20</c>, <c>1:02:03</c>.</summary>
    public static string ToClock(TimeSpan duration)
    {
        var whole = TimeSpan.FromSeconds(Math.Round(duration.TotalSeconds));
        return whole.TotalHours >= 1
            ? $"{(long)whole.TotalHours}:{whole.Minutes:00}:{whole.Seconds:00}"
            : $"{whole.Minutes}:{whole.Seconds:00}";
    }
}

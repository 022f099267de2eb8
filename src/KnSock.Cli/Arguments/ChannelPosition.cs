using System.Globalization;

namespace KnSock.Cli.Arguments;

/// <summary>Positions in a channel as people type them: <c>1:30</c>, <c>1:02:03.5</c>, or a length of time such as <c>90s</c>.</summary>
internal static class ChannelPosition
{
    private static readonly TimeSpan Latest = TimeSpan.FromDays(365);

    /// <summary>Reads a position from zero up to a year.</summary>
    public static bool TryParse(string text, out TimeSpan position)
    {
        if (Duration.TryParse(text, out position))
        {
            return true;
        }

        var seconds = 0.0;
        var parts = text.Split(':');
        if (parts.Length > 3 || (parts.Length == 1 && text is not "0"))
        {
            return false;
        }

        for (var i = 0; i < parts.Length; i++)
        {
            var style = i == parts.Length - 1 ? NumberStyles.AllowDecimalPoint : NumberStyles.None;
            if (!double.TryParse(parts[i], style, CultureInfo.InvariantCulture, out var number) || (i > 0 && number >= 60))
            {
                return false;
            }

            seconds = (seconds * 60) + number;
        }

        if (!double.IsFinite(seconds) || seconds > Latest.TotalSeconds)
        {
            return false;
        }

        position = TimeSpan.FromSeconds(seconds);
        return true;
    }
}

using System.Globalization;

namespace KnSock.Cli.Arguments;

/// <summary>Numbers as people type them, with a unit behind.</summary>
internal static class NumberWithUnit
{
    /// <summary>Reads a number of at least one of what is counted.</summary>
    /// <param name="text">What was typed.</param>
    /// <param name="units">What may stand behind the number and how much it is, longer ones before those that they end with; upper and lower case are the same.</param>
    /// <param name="value">The number, rounded down.</param>
    public static bool TryParse(string text, IEnumerable<(string Suffix, double Size)> units, out long value)
    {
        value = 0;
        var (suffix, size) = units.First(u => text.EndsWith(u.Suffix, StringComparison.OrdinalIgnoreCase));
        if (!double.TryParse(text[..^suffix.Length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            || number * size is not (>= 1 and < 1L << 60))
        {
            return false;
        }

        value = (long)(number * size);
        return true;
    }
}

using System.Globalization;
using System.Text;

namespace KnSock.Cli.Output;

/// <summary>Makes text from files and the network fit for a terminal or a log.</summary>
internal static class Printable
{
    /// <summary>
    /// Writes control characters, directional marks and line separators as <c>\u001b</c>, so that text can neither move the cursor nor pass
    /// for a line of ours. A lone surrogate becomes U+FFFD.
    /// </summary>
    public static string Escape(string text)
    {
        var safe = new StringBuilder(text.Length + 16);
        foreach (var rune in text.EnumerateRunes())
        {
            _ = IsUnsafe(rune) ? safe.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}") : safe.Append(rune.ToString());
        }

        return safe.ToString();
    }

    // The two joiners (U+200C, U+200D) are formats too, but are spelling in Persian and within emoji and move nothing.
    private static bool IsUnsafe(Rune rune) => rune.Value is not (0x200c or 0x200d) && Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned;
}

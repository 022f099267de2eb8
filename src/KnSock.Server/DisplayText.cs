using System.Globalization;
using System.Text;

namespace KnSock.Server;

/// <summary>Untrusted text made fit for logs, terminals and pages.</summary>
internal static class DisplayText
{
    private const int MaxLength = 200;

    /// <summary>The text without control, format and lone surrogate characters, cut to a sensible length.</summary>
    public static string Clean(string text)
    {
        var clean = new StringBuilder(Math.Min(text.Length, MaxLength));
        foreach (var rune in text.EnumerateRunes())
        {
            if (clean.Length >= MaxLength)
            {
                break;
            }

            var category = Rune.GetUnicodeCategory(rune);
            clean.Append(category is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse
                ? "\uFFFD"
                : rune.ToString());
        }

        return clean.ToString();
    }
}

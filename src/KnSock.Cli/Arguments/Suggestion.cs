namespace KnSock.Cli.Arguments;

/// <summary>Guesses what a mistyped word was meant to be.</summary>
internal static class Suggestion
{
    /// <summary>The nearest candidate at most two edits away (one for short words), or null.</summary>
    public static string? For(string typed, IEnumerable<string> candidates)
    {
        var limit = typed.Length <= 3 ? 1 : 2;
        var nearest = candidates
            .Select(c => (Word: c, Edits: Edits(typed, c)))
            .Where(c => c.Edits <= limit)
            .OrderBy(c => c.Edits)
            .ThenBy(c => c.Word, StringComparer.Ordinal)
            .FirstOrDefault();
        return nearest.Word;
    }

    /// <summary>Insertions, deletions, replacements and swaps of neighbours that turn one word into the other (Damerau 1964).</summary>
    internal static int Edits(string a, string b)
    {
        var d = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                d[i, j] = i == 0 || j == 0 ? i + j : Step(d, a, b, i, j);
            }
        }

        return d[a.Length, b.Length];
    }

    private static int Step(int[,] d, string a, string b, int i, int j)
    {
        var edits = Math.Min(Math.Min(d[i - 1, j], d[i, j - 1]) + 1, d[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
        var swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
        return swapped ? Math.Min(edits, d[i - 2, j - 2] + 1) : edits;
    }
}

using System.Globalization;

namespace KnSock.Cli.Arguments;

/// <summary>Whole numbers as people list them: <c>100,200,500</c>, or <c>none</c>.</summary>
internal static class NumberList
{
    /// <summary>Reads a list; the numbers come ascending, each once.</summary>
    public static (IReadOnlyList<int>? Value, string? Error) Read(string text, int lowest, int highest)
    {
        if (text is "none")
        {
            return ([], null);
        }

        var numbers = new SortedSet<int>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < lowest || number > highest)
            {
                return (null, $"'{text}' is not a list of whole numbers from {lowest} to {highest}; write 1,2,5 or none");
            }

            numbers.Add(number);
        }

        return ([.. numbers], null);
    }
}

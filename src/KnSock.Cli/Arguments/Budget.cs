using System.Globalization;
using KnSock.Server;

namespace KnSock.Cli.Arguments;

/// <summary>The encoding budget as people type it: <c>processes=8,fill=watched,cpu=25%,nice=19,grace=5s</c>, each part at most once, in any order.</summary>
internal static class Budget
{
    /// <summary>What is written in place of the value in help.</summary>
    public const string Form = "processes=N,fill=none|watched|likely|all,cpu=PERCENT,nice=0-19,grace=TIME";

    /// <summary>Reads a budget; parts that are not named keep their defaults.</summary>
    public static (EncodingBudget? Value, string? Error) Read(string text)
    {
        var budget = new EncodingBudget();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (part.Split('=', 2) is not [var name, var value] || !seen.Add(name) || With(budget, name, value) is not { } changed)
            {
                return (null, $"'{part}' is not a part of a budget, or stands there twice; write {Form}");
            }

            budget = changed;
        }

        return (budget, null);
    }

    private static EncodingBudget? With(EncodingBudget budget, string name, string value) => name switch
    {
        "processes" when Number(value, 2, 10_000) is { } number => budget with { MaxProcesses = number },
        "fill" when Scope(value) is { } scope => budget with { Fill = scope },
        "cpu" when Number(value.TrimEnd('%'), 1, 100) is { } percent => budget with { FillCpuShare = percent / 100.0 },
        "nice" when Number(value, 0, 19) is { } niceness => budget with { FillNiceness = niceness },
        "grace" when Duration.TryParse(value, out var grace) => budget with { Grace = grace },
        _ => null,
    };

    private static int? Number(string text, int lowest, int highest) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= lowest && number <= highest ? number : null;

    private static FillScope? Scope(string text) => text switch
    {
        "none" => FillScope.None,
        "watched" => FillScope.Watched,
        "likely" => FillScope.Likely,
        "all" => FillScope.All,
        _ => null,
    };
}

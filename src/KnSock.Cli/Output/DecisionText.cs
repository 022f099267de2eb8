using System.Globalization;
using KnSock.Server.Adaptation;

namespace KnSock.Cli.Output;

/// <summary>A decision for people: a line that says what was decided, one that says why, and a table of the rungs that it was taken among.</summary>
internal static class DecisionText
{
    private const string Chosen = " *";

    /// <summary>Writes a decision.</summary>
    /// <param name="terminal">Where to.</param>
    /// <param name="record">The decision.</param>
    /// <param name="at">When it was taken, by the clock on the wall.</param>
    public static void Write(Terminal terminal, DecisionRecord record, DateTimeOffset at)
    {
        terminal.Out.WriteLine(Heading(record, at));
        terminal.Out.WriteLine($"  {Printable.Escape(record.Decision.Reason)}");
        var isRescue = record.Candidates.Any(c => c.Cost is not null);
        string[] headings = ["  RUNG", "KBIT/S", isRescue ? "   COST" : "  VALUE", isRescue ? " LATE S" : "STALL S", ""];
        // Plain also on a terminal: where many follow each other a frame around each is in the way.
        TextTable.Write(terminal with { OutIsTerminal = false }, headings, [.. record.Candidates.Reverse().Select(c => Row(c, record, isRescue))], wrapped: []);
        terminal.Out.WriteLine();
    }

    private static string Heading(DecisionRecord record, DateTimeOffset at)
    {
        var (before, rung) = (Name(record, record.Decision.Previous), Name(record, record.Decision.Rung));
        var what = record.Decision.Rung == record.Decision.Previous ? $"stays at {rung}"
            : record.IsPresent ? $"{before}, next {rung}"
            : $"{before} -> {rung}";
        return $"{at.ToString("HH:mm:ss", CultureInfo.InvariantCulture)}  {Printable.Escape(record.Session)}  {Printable.Escape(record.Channel)}  {what}";
    }

    private static string[] Row(Candidate candidate, DecisionRecord record, bool isRescue) =>
    [
        $"  {Printable.Escape(candidate.Name)}{(candidate.Rung == record.Decision.Rung ? Chosen : string.Empty)}",
        Number(candidate.BitsPerSecond / 1000, "0").PadLeft("KBIT/S".Length),
        Number(isRescue ? candidate.Cost : candidate.Value, "0.000").PadLeft("STALL S".Length),
        Number(isRescue ? candidate.LateSeconds : candidate.StallSeconds, "0.00").PadLeft("STALL S".Length),
        Printable.Escape(candidate.NotWeighed ?? string.Empty),
    ];

    private static string Name(DecisionRecord record, int rung) => Printable.Escape(record.Candidates[rung].Name);

    private static string Number(double? value, string form) => value is { } number ? number.ToString(form, CultureInfo.InvariantCulture) : "-";
}

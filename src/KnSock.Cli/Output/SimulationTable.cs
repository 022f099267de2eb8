using KnSock.Simulation.Reports;

namespace KnSock.Cli.Output;

/// <summary>The figures of <c>knsock simulate</c> for people.</summary>
internal static class SimulationTable
{
    private const string Mark = " *";

    /// <summary>Writes all tables of each setting.</summary>
    public static void Write(Terminal terminal, SimulationReport report)
    {
        List<(string Setting, List<(string Caption, List<string[]> Rows)> Tables)> all =
        [
            .. report.Settings.Select(s => (ReportText.Of(s), ReportTables.Of(report, s).Select(t => (Printable.Escape(t.Caption), Rows(t))).ToList())),
        ];

        // All drawn or none: drawn for less room than they need, tables become unreadable, while plain lines only wrap.
        var fits = all.SelectMany(s => s.Tables).All(t => DrawnWidth(t.Rows) <= terminal.Width());
        var shown = terminal with { OutIsTerminal = terminal.OutIsTerminal && fits };
        foreach (var (setting, tables) in all)
        {
            terminal.Out.WriteLine($"== {setting} ==");
            foreach (var (caption, rows) in tables)
            {
                terminal.Out.WriteLine();
                terminal.Out.WriteLine(caption);
                TextTable.Write(shown, rows[0], rows[1..], wrapped: []);
            }

            terminal.Out.WriteLine();
        }
    }

    /// <summary>The headings and the rows, numbers under each other by their ends.</summary>
    private static List<string[]> Rows(ReportTable table)
    {
        List<string[]> rows = [[.. table.Columns.Select(c => Printable.Escape(c.Heading))], .. table.Rows.Select(Cells)];
        for (var column = 0; column < table.Columns.Count; column++)
        {
            var width = table.Columns[column].IsText ? 0 : rows.Max(r => r[column].Length);
            foreach (var row in rows)
            {
                row[column] = row[column].PadLeft(width);
            }
        }

        return rows;
    }

    private static string[] Cells(ReportRow row) => [.. row.Cells.Select((cell, i) => Printable.Escape(cell) + (row.IsOurs && i == 0 ? Mark : string.Empty))];

    private static int DrawnWidth(List<string[]> rows) => 1 + Enumerable.Range(0, rows[0].Length).Sum(column => 3 + rows.Max(r => r[column].Length));
}

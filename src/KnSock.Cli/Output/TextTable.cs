using Spectre.Console;

namespace KnSock.Cli.Output;

/// <summary>A table for people: drawn on a terminal, columns of plain text elsewhere. Cells are text that has passed <see cref="Printable"/>.</summary>
internal static class TextTable
{
    /// <summary>Writes a table.</summary>
    /// <param name="terminal">Where to.</param>
    /// <param name="headings">Its headings.</param>
    /// <param name="rows">Its rows, a cell for each heading.</param>
    /// <param name="wrapped">Headings of the columns that give way on a narrow terminal.</param>
    public static void Write(Terminal terminal, IReadOnlyList<string> headings, IReadOnlyList<string[]> rows, IReadOnlyList<string> wrapped)
    {
        if (terminal.OutIsTerminal)
        {
            WriteDrawn(terminal, headings, rows, wrapped);
        }
        else
        {
            WritePlain(terminal.Out, headings, rows);
        }
    }

    private static void WritePlain(TextWriter output, IReadOnlyList<string> headings, IReadOnlyList<string[]> rows)
    {
        var widths = headings.Select((h, i) => rows.Select(r => r[i].Length).Append(h.Length).Max()).ToArray();
        foreach (var row in rows.Prepend(headings))
        {
            output.WriteLine(string.Join("  ", row.Select((cell, i) => cell.PadRight(widths[i]))).TrimEnd());
        }
    }

    private static void WriteDrawn(Terminal terminal, IReadOnlyList<string> headings, IReadOnlyList<string[]> rows, IReadOnlyList<string> wrapped)
    {
        var table = new Table().Border(TableBorder.Rounded);
        foreach (var heading in headings)
        {
            // On a narrow terminal the long columns give way, not the numbers.
            var column = new TableColumn(new Text(heading, new Style(decoration: Decoration.Bold)));
            table.AddColumn(wrapped.Contains(heading, StringComparer.Ordinal) ? column : column.NoWrap());
        }

        // Text, not markup: names and titles come from files and from the network.
        foreach (var row in rows)
        {
            table.AddRow(row.Select(cell => new Text(cell)));
        }

        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(terminal.Out) });
        console.Profile.Width = terminal.Width();
        console.Write(table);
    }
}

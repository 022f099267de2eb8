using System.Globalization;
using KnSock.Cli.Arguments;
using KnSock.Protocol.Messages;
using Spectre.Console;

namespace KnSock.Cli.Output;

/// <summary>The catalog for people: a drawn table on a terminal, columns of plain text elsewhere.</summary>
internal static class ChannelTable
{
    private static readonly string[] Headings = ["#", "NAME", "TITLE", "LENGTH", "SIZE", "FPS", "SOUND", "RUNGS"];

    /// <summary>Writes the catalog.</summary>
    public static void Write(Terminal terminal, IReadOnlyList<ChannelInfo> channels)
    {
        IReadOnlyList<string[]> rows = [.. channels.Select(Row)];
        if (terminal.OutIsTerminal)
        {
            WriteDrawn(terminal.Out, rows);
        }
        else
        {
            WritePlain(terminal.Out, rows);
        }
    }

    private static string[] Row(ChannelInfo channel) =>
    [
        channel.Index.ToString(CultureInfo.InvariantCulture),
        Printable.Escape(channel.Name),
        Printable.Escape(channel.Title),
        Duration.ToClock(TimeSpan.FromSeconds(double.IsFinite(channel.DurationSeconds) ? Math.Clamp(channel.DurationSeconds, 0, 1e9) : 0)),
        $"{channel.Width}x{channel.Height}",
        channel.FrameRate.ToString("0.##", CultureInfo.InvariantCulture),
        channel.HasAudio ? "yes" : "none",
        string.Join(' ', channel.Renditions.OrderByDescending(r => r.Index).Select(r => Printable.Escape(r.Name))),
    ];

    private static void WritePlain(TextWriter output, IReadOnlyList<string[]> rows)
    {
        var widths = Headings.Select((h, i) => rows.Select(r => r[i].Length).Append(h.Length).Max()).ToArray();
        foreach (var row in rows.Prepend(Headings))
        {
            output.WriteLine(string.Join("  ", row.Select((cell, i) => cell.PadRight(widths[i]))).TrimEnd());
        }
    }

    private static void WriteDrawn(TextWriter output, IReadOnlyList<string[]> rows)
    {
        var table = new Table().Border(TableBorder.Rounded);
        foreach (var heading in Headings)
        {
            // On a narrow terminal the long columns give way, not the numbers.
            var column = new TableColumn(new Text(heading, new Style(decoration: Decoration.Bold)));
            table.AddColumn(heading is "NAME" or "TITLE" or "RUNGS" ? column : column.NoWrap());
        }

        // Text, not markup: names and titles come from files and from the network.
        foreach (var row in rows)
        {
            table.AddRow(row.Select(cell => new Text(cell)));
        }

        AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) }).Write(table);
    }
}

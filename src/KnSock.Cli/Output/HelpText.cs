using System.CommandLine;
using System.CommandLine.Invocation;
using KnSock.Cli.Commands;

namespace KnSock.Cli.Output;

/// <summary>Writes the help of a command: usage, options, examples.</summary>
internal sealed class HelpText : SynchronousCommandLineAction
{
    private const int Column = 26;
    private const int Width = 100;

    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        Write(parseResult.InvocationConfiguration.Output, parseResult.CommandResult.Command);
        return ExitCode.Success;
    }

    /// <summary>Writes the help of a command.</summary>
    public static void Write(TextWriter output, Command command)
    {
        output.WriteLine(command.Description);
        output.WriteLine();
        if (command is Verb verb)
        {
            WriteVerb(output, verb);
        }
        else
        {
            WriteRoot(output, command);
        }
    }

    private static void WriteRoot(TextWriter output, Command root)
    {
        output.WriteLine("Usage: knsock COMMAND [OPTIONS]");
        WriteRows(output, "Commands", root.Subcommands.OfType<Verb>().Select(v => (v.Name, v.Description ?? string.Empty)));
        WriteRows(output, "Options", root.Options.Select(o => (LabelOf(o), o.Description ?? string.Empty)));
        WriteExamples(output, root.Subcommands.OfType<Verb>().Select(v => v.Examples[0]));
        output.WriteLine();
        output.WriteLine("'knsock COMMAND --help' shows the options of a command.");
    }

    private static void WriteVerb(TextWriter output, Verb verb)
    {
        output.WriteLine($"Usage: knsock {verb.Usage}");
        if (verb.Aliases.Count > 0)
        {
            output.WriteLine($"Also:  {string.Join(", ", verb.Aliases.Select(a => $"knsock {a}"))}");
        }

        if (verb.Subcommands.Count > 0)
        {
            WriteRows(output, "Commands", verb.Subcommands.Where(v => !v.Hidden).Select(v => (v.Name, v.Description ?? string.Empty)));
        }

        if (verb.Arguments.Count > 0)
        {
            WriteRows(output, "Arguments", verb.Arguments.Select(a => (a.Name, a.Description ?? string.Empty)));
        }

        WriteRows(output, "Options", verb.Options.Where(o => !o.Hidden).Select(o => (LabelOf(o), o.Description ?? string.Empty)).Append(("--help", "Show help.")));
        WriteExamples(output, verb.Examples);
    }

    private static string LabelOf(Option option)
    {
        var names = string.Join(", ", option.Aliases.Where(a => a is not "-?").Order(StringComparer.Ordinal).Append(option.Name));
        return option.HelpName is { } value ? $"{names} {value}" : names;
    }

    private static void WriteExamples(TextWriter output, IEnumerable<(string CommandLine, string Does)> examples)
    {
        output.WriteLine();
        output.WriteLine("Examples:");
        foreach (var (line, does) in examples)
        {
            output.WriteLine($"  {line}");
            output.WriteLine($"      {does}");
        }
    }

    private static void WriteRows(TextWriter output, string title, IEnumerable<(string Label, string Text)> rows)
    {
        output.WriteLine();
        output.WriteLine($"{title}:");
        foreach (var (label, text) in rows)
        {
            var lines = Wrap(text, Width - Column).ToList();
            var fits = label.Length < Column - 3;
            output.WriteLine(fits ? $"  {label.PadRight(Column - 2)}{lines[0]}" : $"  {label}");
            foreach (var line in lines.Skip(fits ? 1 : 0))
            {
                output.WriteLine(new string(' ', Column) + line);
            }
        }
    }

    private static IEnumerable<string> Wrap(string text, int width)
    {
        var line = string.Empty;
        foreach (var word in text.Split(' '))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                yield return line;
                line = string.Empty;
            }

            line = line.Length == 0 ? word : $"{line} {word}";
        }

        yield return line;
    }
}

using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using KnSock.Cli.Arguments;
using KnSock.Cli.Commands;
using KnSock.Cli.Output;

namespace KnSock.Cli;

/// <summary>The <c>knsock</c> command: its verbs, and how a command line ends.</summary>
internal static class CommandLine
{
    private const string Name = "knsock";

    // File names may begin with @, so no token is a response file.
    private static readonly ParserConfiguration Parsing = new() { ResponseFileTokenReplacer = null };

    /// <summary>Runs a command line.</summary>
    /// <returns>The exit code, one of <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, Terminal terminal, CancellationToken cancellationToken)
    {
        try
        {
            var root = Create(terminal);
            var result = root.Parse(args, Parsing);
            if (FindError(result) is { } error)
            {
                throw new CommandFailure($"{error}{(error.EndsWith('?') ? "" : ";")} see '{PathOf(result)} --help'", ExitCode.Usage);
            }

            // The time-out is ours: the verbs end by the token, and a signal is no failure.
            var invocation = new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
                Output = terminal.Out,
                Error = terminal.Error,
            };
            return await result.InvokeAsync(invocation, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return ExitCode.Success;
        }
        catch (Exception e)
        {
            return Faults.Report(terminal, e);
        }
    }

    /// <summary>The command with all its verbs.</summary>
    internal static Command Create(Terminal terminal)
    {
        var root = new Command(Name, "Live streaming of video files: every viewer gets the quality that its network carries.")
        {
            new ServeCommand(terminal),
            new PlayCommand(terminal),
            new ChannelsCommand(terminal),
            new WhyCommand(terminal),
            new TokenCommand(terminal),
            new PrepareCommand(terminal),
            new StoreCommand(terminal),
            new BenchCommand(terminal),
            new SimulateCommand(terminal),
        };
        root.Add(new HelpOption("--help", "-h", "-?") { Description = "Show help.", Recursive = true, Action = new HelpText() });
        root.Add(new VersionOption { Description = "Show the version.", Action = new VersionText() });
        return root;
    }

    private static string? FindError(ParseResult result)
    {
        var command = result.CommandResult.Command;
        if (result.Action is HelpText or VersionText)
        {
            return null;
        }

        if (UnknownOption(result) is { } option)
        {
            return $"'{option}' is not an option of {PathOf(result)}{DidYouMean(option, OptionNames(result))}";
        }

        if (command.Subcommands.Count > 0 && result.UnmatchedTokens is [var word, ..])
        {
            return $"'{word}' is not a command of {PathOf(result)}{DidYouMean(word, command.Subcommands.SelectMany(c => c.Aliases.Append(c.Name)))}";
        }

        if (command.Subcommands.Count > 0 && result.Errors.Count > 0)
        {
            var names = command.Subcommands.Where(c => !c.Hidden).Select(c => c.Name).ToList();
            return $"no command given; use {(names.Count > 1 ? $"{string.Join(", ", names.SkipLast(1))} or " : string.Empty)}{names[^1]}";
        }

        if (command.Subcommands.Count == 0 && result.UnmatchedTokens is [var extra, ..])
        {
            return $"'{extra}' is one argument too many";
        }

        return result.Errors is [var first, ..] ? InOurWords(first) : null;
    }

    private static string InOurWords(ParseError error) => error.SymbolResult switch
    {
        OptionResult { Tokens.Count: 0, Option: var option } => $"{option.Name} needs a value: {option.Name} {option.HelpName}",
        OptionResult { Tokens.Count: > 1, Option: var option } => $"{option.Name} was given more than once",
        ArgumentResult { Tokens.Count: 0, Argument: var argument } => $"{argument.Name} is missing",
        _ => error.Message.TrimEnd('.'),
    };

    // Behind an argument that takes many values, a mistyped option would pass for one of them.
    private static string? UnknownOption(ParseResult result) => result.Tokens
        .TakeWhile(t => t.Type != TokenType.DoubleDash)
        .FirstOrDefault(t => t.Type == TokenType.Argument && t.Value.Length > 1 && t.Value[0] == '-' && !char.IsAsciiDigit(t.Value[1]))?.Value;

    private static IEnumerable<string> OptionNames(ParseResult result) => result.CommandResult.Command.Options
        .SelectMany(o => o.Aliases.Append(o.Name))
        .Append("--help");

    private static string DidYouMean(string typed, IEnumerable<string> candidates) =>
        Suggestion.For(typed, candidates) is { } candidate ? $"; did you mean '{candidate}'?" : string.Empty;

    private static string PathOf(ParseResult result)
    {
        var path = Name;
        for (var command = result.CommandResult; command is { Command: Verb verb }; command = command.Parent as CommandResult)
        {
            path = $"{Name} {verb.Name}{path[Name.Length..]}";
        }

        return path;
    }
}

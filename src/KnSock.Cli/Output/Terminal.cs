namespace KnSock.Cli.Output;

/// <summary>Where the command writes: data on one side, everything else on the other.</summary>
/// <param name="Out">Data.</param>
/// <param name="Error">Messages, logs and the status line.</param>
internal sealed record Terminal(TextWriter Out, TextWriter Error)
{
    /// <summary>Whether somebody looks at <see cref="Out"/>.</summary>
    public bool OutIsTerminal { get; init; }

    /// <summary>Whether somebody looks at <see cref="Error"/> and it understands escape sequences.</summary>
    public bool ErrorIsTerminal { get; init; }

    /// <summary>Columns of the terminal.</summary>
    public Func<int> Width { get; init; } = () => 80;

    /// <summary>The process's own.</summary>
    public static Terminal OfProcess()
    {
        var dumb = Environment.GetEnvironmentVariable("TERM") is "dumb";
        return new Terminal(Console.Out, Console.Error)
        {
            OutIsTerminal = !Console.IsOutputRedirected && !dumb,
            ErrorIsTerminal = !Console.IsErrorRedirected && !dumb,
            Width = () => Console.IsErrorRedirected && Console.IsOutputRedirected ? 80 : Math.Max(20, Console.WindowWidth),
        };
    }

    /// <summary>Writes an error or a warning as the one line <c>knsock: ...</c>.</summary>
    public void Complain(string message) => Error.WriteLine($"knsock: {Printable.Escape(message.ReplaceLineEndings(" "))}");
}

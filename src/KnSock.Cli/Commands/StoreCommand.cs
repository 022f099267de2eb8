using KnSock.Cli.Output;

namespace KnSock.Cli.Commands;

/// <summary><c>knsock store</c>: what was encoded and is kept on disk.</summary>
internal sealed class StoreCommand : Verb
{
    /// <summary>Creates the verb with those below it.</summary>
    public StoreCommand(Terminal terminal) : base("store", "List, check or clear what was encoded and is kept on disk.")
    {
        Add(new StoreListCommand(terminal));
        Add(new StoreVerifyCommand(terminal));
        Add(new StoreClearCommand(terminal));
    }

    /// <inheritdoc/>
    public override string Usage => "store COMMAND [OPTIONS]";

    /// <inheritdoc/>
    public override IReadOnlyList<(string CommandLine, string Does)> Examples =>
    [
        ("knsock store list", "What is stored of which video."),
        ("knsock store clear talk.mkv", "Removes what is stored of one video."),
    ];
}

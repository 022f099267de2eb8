using System.CommandLine;
using KnSock.Cli.Arguments;
using KnSock.Cli.Output;
using KnSock.Server;
using KnSock.Server.Store;

namespace KnSock.Cli.Commands;

/// <summary><c>knsock store list</c>: prints what a store holds.</summary>
internal sealed class StoreListCommand : Verb
{
    private readonly Terminal _terminal;
    private readonly Option<string?> _store = StoreOption();
    private readonly Option<bool> _json = new("--json") { Description = "Print one JSON object instead of a table." };

    /// <summary>Creates the verb.</summary>
    public StoreListCommand(Terminal terminal) : base("list", "List what is stored of each video, the last used first.")
    {
        _terminal = terminal;
        Add(_store);
        Add(_json);
        SetAction(RunAsync);
    }

    /// <inheritdoc/>
    public override string Usage => "store list [--store DIR] [--json]";

    /// <inheritdoc/>
    public override IReadOnlyList<(string CommandLine, string Does)> Examples =>
    [
        ("knsock store list", "A table: the video's path, whether it is still the file that was encoded, how much of each rung is stored."),
        ("knsock store list --store /var/cache/knsock --json", "The same of another store, for programs."),
    ];

    private async Task<int> RunAsync(ParseResult result, CancellationToken cancellationToken)
    {
        var contents = Checked(() => new StoreContents(new StoreOptions { Directory = result.GetValue(_store) }), StoreNames);
        var listing = await contents.ListAsync(cancellationToken);
        if (result.GetValue(_json))
        {
            _terminal.Out.WriteLine(CliJson.Write(listing));
            return ExitCode.Success;
        }

        if (listing.Sources.Count > 0)
        {
            StoreTable.Write(_terminal, listing);
        }

        _terminal.Error.WriteLine($"{ByteSize.ToText(listing.Bytes)} in {Printable.Escape(listing.Directory)}");
        return ExitCode.Success;
    }
}

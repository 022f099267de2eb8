using System.CommandLine;
using KnSock.Cli.Arguments;
using KnSock.Cli.Output;
using KnSock.Server;
using KnSock.Server.Store;

namespace KnSock.Cli.Commands;

/// <summary><c>knsock store verify</c>: checks every GOP of a store.</summary>
internal sealed class StoreVerifyCommand : Verb
{
    private const int ShownEvery = 100;

    private readonly Terminal _terminal;
    private readonly Option<string?> _store = StoreOption();
    private readonly Option<bool> _json = new("--json") { Description = "Print one JSON object instead of lines." };

    /// <summary>Creates the verb.</summary>
    public StoreVerifyCommand(Terminal terminal)
        : base("verify", "Check all that is stored; delete and name what is damaged. Exit code 1 if anything was.")
    {
        _terminal = terminal;
        Add(_store);
        Add(_json);
        SetAction(RunAsync);
    }

    /// <inheritdoc/>
    public override string Usage => "store verify [--store DIR] [--json]";

    /// <inheritdoc/>
    public override IReadOnlyList<(string CommandLine, string Does)> Examples =>
    [
        ("knsock store verify", "Prints a line for each damaged GOP; exit code 0 if there is none. Servers may run meanwhile."),
        ("knsock store verify --json", "The same for programs."),
    ];

    private async Task<int> RunAsync(ParseResult result, CancellationToken cancellationToken)
    {
        var contents = Checked(() => new StoreContents(new StoreOptions { Directory = result.GetValue(_store) }), StoreNames);
        var verification = await VerifyAsync(contents, cancellationToken);
        if (result.GetValue(_json))
        {
            _terminal.Out.WriteLine(CliJson.Write(verification));
        }
        else
        {
            WriteLines(verification);
        }

        return verification.Damaged.Count == 0 ? ExitCode.Success : ExitCode.Failed;
    }

    private async Task<StoreVerification> VerifyAsync(StoreContents contents, CancellationToken cancellationToken)
    {
        var status = new StatusLine(_terminal);
        try
        {
            return await contents.VerifyAsync(_terminal.ErrorIsTerminal ? new Shown(status) : null, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // Not the success that the end of a server by a signal is: what was not checked may be damaged.
            throw new CommandFailure("interrupted; not everything was checked");
        }
        finally
        {
            status.Clear();
        }
    }

    private void WriteLines(StoreVerification verification)
    {
        foreach (var gop in verification.Damaged)
        {
            var name = $"{Printable.Escape(gop.Source ?? gop.File)} {Printable.Escape(gop.Rendition ?? "-")} GOP {gop.Gop}";
            _terminal.Out.WriteLine($"{(gop.IsDropped ? "dropped" : "damaged, cannot be deleted:")} {name}: {gop.Why}");
        }

        var found = verification.Damaged.Count == 0 ? "none damaged" : $"{verification.Damaged.Count} damaged";
        _terminal.Out.WriteLine($"{verification.Checked} GOPs checked, {found}; {ByteSize.ToText(verification.Bytes)} are whole");
    }

    private sealed class Shown(StatusLine status) : IProgress<int>
    {
        public void Report(int value)
        {
            if (value % ShownEvery == 0)
            {
                status.Show($"{value} GOPs checked");
            }
        }
    }
}

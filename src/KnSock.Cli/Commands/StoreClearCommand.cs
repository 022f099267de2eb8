using System.CommandLine;
using KnSock.Cli.Arguments;
using KnSock.Cli.Output;
using KnSock.Server;
using KnSock.Server.Store;

namespace KnSock.Cli.Commands;

/// <summary><c>knsock store clear</c>: removes what a store holds.</summary>
internal sealed class StoreClearCommand : Verb
{
    private readonly Terminal _terminal;
    private readonly Option<string?> _store = StoreOption();
    private readonly Argument<string[]> _videos = new("VIDEO...")
    {
        Description = "Remove what is stored of these videos only. A moved video is found by its content, a deleted one by its path.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    /// <summary>Creates the verb.</summary>
    public StoreClearCommand(Terminal terminal) : base("clear", "Remove what is stored, of all videos or of those named. Videos themselves are not touched.")
    {
        _terminal = terminal;
        Add(_videos);
        Add(_store);
        SetAction(RunAsync);
    }

    /// <inheritdoc/>
    public override string Usage => "store clear [VIDEO...] [--store DIR]";

    /// <inheritdoc/>
    public override IReadOnlyList<(string CommandLine, string Does)> Examples =>
    [
        ("knsock store clear", "Removes everything. Servers that run encode again what they need."),
        ("knsock store clear talk.mkv", "Removes what is stored of one video."),
    ];

    private async Task<int> RunAsync(ParseResult result, CancellationToken cancellationToken)
    {
        var videos = result.GetValue(_videos) ?? [];
        if (videos.Any(string.IsNullOrWhiteSpace))
        {
            // No video at all would stand for every one.
            throw new CommandFailure("a video's name is empty", ExitCode.Usage);
        }

        var contents = Checked(() => new StoreContents(new StoreOptions { Directory = result.GetValue(_store) }), StoreNames);
        var clearing = await contents.ClearAsync(videos, cancellationToken);
        foreach (var video in clearing.NotStored)
        {
            _terminal.Complain($"nothing is stored of {video}");
        }

        _terminal.Out.WriteLine($"removed {ByteSize.ToText(clearing.Bytes)}: {clearing.Gops} GOPs, {clearing.Sources} videos");
        return clearing.Left == 0
            ? ExitCode.Success
            : throw new CommandFailure($"{clearing.Left} GOPs in {contents.Directory} could not be deleted; who owns them?");
    }
}

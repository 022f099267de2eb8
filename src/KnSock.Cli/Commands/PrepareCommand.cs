using System.CommandLine;
using KnSock.Cli.Output;
using KnSock.Server;

namespace KnSock.Cli.Commands;

/// <summary><c>knsock prepare</c>: encodes videos into the store before anybody watches.</summary>
internal sealed class PrepareCommand : Verb
{
    private static readonly TimeSpan ShowInterval = TimeSpan.FromMilliseconds(250);

    private readonly Terminal _terminal;
    private readonly Argument<string[]> _videos = new("VIDEO...") { Description = "The files.", Arity = ArgumentArity.OneOrMore };
    private readonly MediaOptions _media = new();

    /// <summary>Creates the verb.</summary>
    public PrepareCommand(Terminal terminal) : base("prepare", "Encode videos into the store before anybody watches.")
    {
        _terminal = terminal;
        Add(_videos);
        foreach (var option in _media.All)
        {
            Add(option);
        }

        SetAction(RunAsync);
    }

    /// <inheritdoc/>
    public override string Usage => "prepare VIDEO... [OPTIONS]";

    /// <inheritdoc/>
    public override IReadOnlyList<(string CommandLine, string Does)> Examples =>
    [
        ("knsock prepare *.mp4", "Encodes all rungs of all files, so that serving them costs no encoding. May be interrupted; goes on the next time."),
        ("knsock prepare talk.mkv --heights 720,360", "Give 'knsock serve' the same --heights and --gop, or it makes rungs of its own."),
    ];

    private async Task<int> RunAsync(ParseResult result, CancellationToken cancellationToken)
    {
        var options = _media.ApplyTo(new LiveStreamServerOptions { VideoPaths = result.GetRequiredValue(_videos) }, result);
        var preparation = Checked(() => new StorePreparation(options), MediaOptions.Names);
        var display = new PreparationDisplay(_terminal, TimeProvider.System);
        var running = preparation.RunAsync(cancellationToken);
        try
        {
            while (!running.IsCompleted)
            {
                await Task.WhenAny(running, Task.Delay(ShowInterval, TimeProvider.System, CancellationToken.None));
                display.Show(preparation.Renditions);
            }

            await running;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw new CommandFailure("interrupted; what is encoded is kept, run it again to go on");
        }

        foreach (var video in preparation.Renditions.GroupBy(r => r.Video, StringComparer.Ordinal))
        {
            _terminal.Out.WriteLine($"prepared {Printable.Escape(video.Key)}: {string.Join(' ', video.Select(r => r.Name))}");
        }

        return ExitCode.Success;
    }
}

using KnSock.Client.Playout;

namespace KnSock.Cli.Playing;

/// <summary>Plays into one sink and gives a second one, a recording, the same units. The second never disturbs the first.</summary>
/// <param name="main">Sets the pace, reports what was presented, and ends the playback.</param>
/// <param name="branch">Gets what the first takes; when it fails, the playback goes on.</param>
/// <param name="notice">Is told at once when the second fails.</param>
internal sealed class BranchingSink(IMediaSink main, IMediaSink branch, Action<string> notice) : IMediaSink
{
    /// <summary>Why the second sink ended before its time. Null: it did not.</summary>
    public string? Failure { get; private set; }

    /// <inheritdoc/>
    public async Task RunAsync(IPlayback playback, CancellationToken cancellationToken)
    {
        using var ending = new CancellationTokenSource();
        var side = new BranchPlayback(playback, notice);
        var branching = RunBranchAsync(side, ending.Token);
        try
        {
            await main.RunAsync(new TappedPlayback(playback, side), cancellationToken);
        }
        finally
        {
            await ending.CancelAsync();
            await branching;
            Failure = side.Failure;
        }
    }

    private async Task RunBranchAsync(BranchPlayback playback, CancellationToken cancellationToken)
    {
        try
        {
            await branch.RunAsync(playback, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The playback is over.
        }
        catch (Exception e)
        {
            playback.Fail(e.Message);
        }
    }
}

using KnSock.Client.Playout;

namespace KnSock.Cli.Playing;

/// <summary>Watches what another sink plays: tells the figures, and ends the playback when its time is over.</summary>
/// <param name="inner">The sink that plays.</param>
/// <param name="limits">When to end.</param>
/// <param name="observe">Is told the figures twice a second.</param>
internal sealed class ObservedSink(IMediaSink inner, PlayLimits limits, Action<PlaybackStatistics> observe) : IMediaSink
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(500);

    private IPlayback? _playback;

    /// <summary>The figures so far. Null before anything was played.</summary>
    public PlaybackStatistics? Statistics => _playback?.Statistics;

    /// <summary>Whether the first picture did not come in time.</summary>
    public bool GaveUp { get; private set; }

    /// <inheritdoc/>
    public async Task RunAsync(IPlayback playback, CancellationToken cancellationToken)
    {
        _playback = playback;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var watching = WatchAsync(playback, ending.Token);
        var playing = inner.RunAsync(playback, ending.Token);
        await Task.WhenAny(watching, playing);
        await ending.CancelAsync();
        await QuietlyAsync(watching, ending.Token);
        await QuietlyAsync(playing, ending.Token);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private static async Task QuietlyAsync(Task task, CancellationToken ended)
    {
        try
        {
            await task;
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // That is how it was told to end.
        }
    }

    private async Task WatchAsync(IPlayback playback, CancellationToken cancellationToken)
    {
        if (await FirstPictureAsync(playback, cancellationToken))
        {
            await PlayOutAsync(playback, cancellationToken);
        }
        else
        {
            GaveUp = true;
        }
    }

    private async Task<bool> FirstPictureAsync(IPlayback playback, CancellationToken cancellationToken)
    {
        var start = playback.Time.GetTimestamp();
        observe(playback.Statistics);
        while (playback.Statistics.JoinMs is null)
        {
            if (playback.Time.GetElapsedTime(start) >= limits.FirstPicture)
            {
                return false;
            }

            await Task.Delay(Glance, playback.Time, cancellationToken);
        }

        return true;
    }

    private async Task PlayOutAsync(IPlayback playback, CancellationToken cancellationToken)
    {
        var start = playback.Time.GetTimestamp();
        for (var left = limits.Duration; left is null || left > TimeSpan.Zero; left = limits.Duration - playback.Time.GetElapsedTime(start))
        {
            observe(playback.Statistics);
            await Task.Delay(left is { } time && time < Period ? time : Period, playback.Time, cancellationToken);
        }
    }
}

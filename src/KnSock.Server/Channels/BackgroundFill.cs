using KnSock.Server.Encoding;
using KnSock.Server.Store;
using Microsoft.Extensions.Logging;

namespace KnSock.Server.Channels;

/// <summary>
/// Encodes ahead of need into the store, one gap at a time, so that what was watched once is never encoded again and what comes next is there.
/// Whatever is watched goes first: this rests while a viewer waits for an encoder, and gives its place up to one that has none.
/// </summary>
/// <param name="channels">The media on offer; gone through anew each time, for they come and go.</param>
/// <param name="store">Where it goes. Null: there is no store, and nothing to do.</param>
/// <param name="budget">What it may cost.</param>
/// <param name="places">Places for encoders, of all channels.</param>
/// <param name="time">Where time comes from.</param>
/// <param name="logger">The server's log.</param>
internal sealed class BackgroundFill(
    IEnumerable<ChannelMedia> channels, RenditionStore? store, EncodingBudget budget, EncoderPlaces places, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RestInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>Rungs next to the watched ones are not made for viewers who look in or are still on their way to their rung.</summary>
    private static readonly TimeSpan SteadyFor = TimeSpan.FromSeconds(20);

    /// <summary>A full store or a broken source is not tried again and again.</summary>
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(30);

    private readonly HashSet<RenditionTrack> _read = [];
    private readonly Dictionary<ChannelMedia, long> _failures = [];
    private long _steadySince = time.GetTimestamp();

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (budget.Fill != FillScope.None && store is not null)
            {
                var changed = store.Changed;
                var wait = await StepAsync(cancellationToken);
                using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                await Task.WhenAny(Task.Delay(wait, time, waiting.Token), changed);
                await waiting.CancelAsync();
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The end of the server.
        }
    }

    /// <summary>Fills one gap, if there is one; gives the time to wait before the next.</summary>
    private async Task<TimeSpan> StepAsync(CancellationToken cancellationToken)
    {
        if (!await CatchUpAsync(cancellationToken))
        {
            return RetryInterval;
        }

        if (AreOthersFirst || FillPlan.Next([.. channels.Where(c => !HasFailed(c))], ScopeNow()) is not { } task)
        {
            return LookInterval;
        }

        try
        {
            var run = new FillRun(task, new FillPriority(budget.FillNiceness, budget.FillCpuShare), token => MayGoOnAsync(task.Media, token));
            return await run.RunAsync(cancellationToken) switch
            {
                FillOutcome.Filled => TimeSpan.Zero,
                FillOutcome.NotStored => RetryInterval,
                _ => LookInterval,
            };
        }
        catch (Exception e) when (e is EncoderException or LiveStreamServerException)
        {
            // A broken source must not keep the others from being filled.
            Log.FillFailed(logger, DisplayText.Clean(task.Media.Name), task.FirstGop, e.Message);
            _failures.Keys.Where(m => m.Audio.IsClosed).ToList().ForEach(m => _failures.Remove(m));
            _failures[task.Media] = time.GetTimestamp();
            return LookInterval;
        }
    }

    private bool HasFailed(ChannelMedia media) => _failures.TryGetValue(media, out var then) && time.GetElapsedTime(then) < RetryInterval;

    private FillScope ScopeNow()
    {
        var read = channels.SelectMany(c => c.All).Where(t => t.IsRead).ToHashSet();
        if (!_read.SetEquals(read))
        {
            _read.Clear();
            _read.UnionWith(read);
            _steadySince = time.GetTimestamp();
        }

        return budget.Fill == FillScope.Likely && time.GetElapsedTime(_steadySince) < SteadyFor ? FillScope.Watched : budget.Fill;
    }

    /// <summary>A viewer has to wait for what is being encoded this moment, or for a place.</summary>
    private bool AreOthersFirst => places.AreWaitedFor || channels.Any(c => c.All.Any(t => t.IsPressed));

    private async ValueTask<bool> MayGoOnAsync(ChannelMedia media, CancellationToken cancellationToken)
    {
        while (AreOthersFirst)
        {
            if (places.AreWaitedFor || media.Audio.IsClosed)
            {
                return false;
            }

            await Task.Delay(RestInterval, time, cancellationToken);
        }

        return true;
    }

    /// <summary>Sees what others have stored, and stores what was encoded for viewers while the store took nothing. False if it still takes nothing.</summary>
    private async Task<bool> CatchUpAsync(CancellationToken cancellationToken)
    {
        foreach (var track in channels.SelectMany(c => c.All))
        {
            if (track.Stored is not { IsComplete: false } stored)
            {
                continue;
            }

            await stored.RefreshAsync(cancellationToken);
            for (var index = 0; index < track.Timeline.GopCount; index++)
            {
                if (track[index] is { IsComplete: true } gop && !stored.Has(index) && !await stored.PutAsync(gop, PutPurpose.Background, cancellationToken))
                {
                    return false;
                }
            }
        }

        return true;
    }
}

using KnSock.Media;
using KnSock.Server.Encoding;
using Microsoft.Extensions.Logging;

namespace KnSock.Server.Channels;

/// <summary>
/// Sees to it that the readers of one track find what they will soon need: takes it from the store where it is there, and otherwise runs an
/// encoder, a bounded way ahead of the readers, which ends when nobody needs what it makes. Without readers nothing runs.
/// </summary>
internal sealed class TrackFeeder(RenditionTrack track, EncodeRange encode, TrackFeederOptions options, ILogger logger)
{
    private const int FailuresToFault = 3;

    private readonly List<Run> _runs = [];
    private readonly Lock _lock = new();
    private int _failures;
    private int _events;
    private TimeSpan _retryDelay = options.FirstRetry;

    /// <summary>Runs until cancelled; all children have ended when it completes.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                var changed = track.DemandChanged;
                if (track.FirstMissing(IsCovered) is { } gop)
                {
                    Start(gop, cancellationToken);
                    continue;
                }

                await changed.WaitAsync(cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The end of the channel.
        }
        finally
        {
            await Task.WhenAll(Snapshot().Select(r => r.Task));
        }
    }

    private Run[] Snapshot()
    {
        lock (_lock)
        {
            return [.. _runs];
        }
    }

    /// <summary>A run will reach the GOP soon and without meeting anything encoded before.</summary>
    private bool IsCovered(int gop) => Snapshot().Any(run => run.Next <= gop && gop - run.Next <= options.Reach);

    private void Start(int gop, CancellationToken cancellationToken)
    {
        Run run;
        lock (_lock)
        {
            run = new Run { Next = gop, BegunAfter = _events };
            _runs.Add(run);
        }

        run.Task = Task.Run(() => RunAsync(run, cancellationToken), CancellationToken.None);
    }

    private async Task RunAsync(Run run, CancellationToken cancellationToken)
    {
        try
        {
            await FillAsync(run, cancellationToken);
            _failures = 0;
            _retryDelay = options.FirstRetry;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The end of the channel.
        }
        catch (Exception e)
        {
            // Whatever it was: without the wait, the demand that is still there would start the next run at once, and so on.
            await FailAsync(run, e, cancellationToken);
        }
        finally
        {
            lock (_lock)
            {
                _runs.Remove(run);
            }

            track.PulseDemand();
        }
    }

    /// <summary>Follows the readers through the turn, out of the store as far as it goes.</summary>
    private async Task FillAsync(Run run, CancellationToken cancellationToken)
    {
        while (run.Next < track.Timeline.GopCount && await WaitUntilWantedAsync(run.Next, cancellationToken))
        {
            if (await track.TryRestoreAsync(run.Next, cancellationToken))
            {
                run.Next++;
            }
            else if (track[run.Next] is not null || !await EncodeAsync(run, cancellationToken))
            {
                return;
            }
        }
    }

    /// <summary>Encodes on from where the run stands.</summary>
    /// <returns>True if the run is to go on from where it stands now in another way: out of the store, or with another preset. False if it is at its end.</returns>
    private async Task<bool> EncodeAsync(Run run, CancellationToken cancellationToken)
    {
        var (first, preset) = (run.Next, options.Preset());
        Gop? gop = null;
        try
        {
            var end = Math.Min(track.Timeline.GopCount, first + EncoderArguments.MostGops);
            var range = new EncoderRun { Renditions = [track.Rendition], FirstGop = first, EndGop = end, Preset = preset };
            await foreach (var (unit, configuration, _) in Timed(encode(range, cancellationToken)))
            {
                if (gop is null)
                {
                    // Not so the first, which was asked for because what the store has of it is not to be used.
                    if (run.Next != first && (track.Stored?.Has(run.Next) == true || options.Preset() != preset))
                    {
                        return true;
                    }

                    if (!await WaitUntilWantedAsync(run.Next, cancellationToken))
                    {
                        return false;
                    }

                    gop = track.TryBegin(run.Next, configuration, preset);
                    if (gop is null)
                    {
                        // From here on it was encoded before.
                        return false;
                    }
                }

                track.Append(gop, unit);
                if (gop.IsComplete)
                {
                    Store(gop);
                    (gop, _failures, _retryDelay) = (null, 0, options.FirstRetry);
                    if (++run.Next == track.Timeline.GopCount)
                    {
                        return false;
                    }
                }
            }

            return false;
        }
        finally
        {
            if (gop is not null)
            {
                track.Abandon(gop);
            }
        }
    }

    /// <summary>Takes the time that is spent waiting for the encoder, but for its start.</summary>
    private async IAsyncEnumerable<EncodedUnit> Timed(IAsyncEnumerable<EncodedUnit> units)
    {
        var (meter, isFirst, asked) = (new SpeedMeter(), true, options.Time.GetTimestamp());
        await foreach (var unit in units)
        {
            if (!isFirst && meter.Add(options.Time.GetElapsedTime(asked), unit.Unit.Duration) is { } speed)
            {
                track.EncodingSpeed = (speed, options.Now());
            }

            yield return unit;
            (isFirst, asked) = (false, options.Time.GetTimestamp());
        }
    }

    private void Store(Gop gop)
    {
        if (track.Stored is { } stored)
        {
            options.Writer?.Add(stored, gop);
        }
    }

    /// <summary>False if nobody needed the GOP for the grace time.</summary>
    private async Task<bool> WaitUntilWantedAsync(int gop, CancellationToken cancellationToken)
    {
        Task? grace = null;
        while (true)
        {
            var changed = track.DemandChanged;
            if (track.Readers.Want(gop) || track.Readers.AreAhead(gop, options.Reach))
            {
                return true;
            }

            if (track.Readers.Want(gop, leads: 2))
            {
                // A reader comes this way but is slow or paused: the child waits on its full pipe and costs nothing.
                grace = null;
                await changed.WaitAsync(cancellationToken);
                continue;
            }

            grace ??= Task.Delay(options.Grace, options.Time, cancellationToken);
            if (await Task.WhenAny(changed, grace) == grace)
            {
                await grace;
                return false;
            }
        }
    }

    /// <summary>Holds the run's place until it may be tried again, so that a broken source does not start a child a moment.</summary>
    private async Task FailAsync(Run run, Exception e, CancellationToken cancellationToken)
    {
        var delay = Count(run);
        Log.EncoderFailed(logger, track.Rendition.Name, run.Next, e.Message, _failures);
        if (_failures >= FailuresToFault)
        {
            track.SetFault($"it cannot be encoded: {e.Message}");
        }

        try
        {
            await Task.Delay(delay, options.Time, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The end of the channel.
        }
    }

    /// <summary>Counts a failure. Runs that were under way together when the first of them failed had one reason, such as a machine out of memory, and count once.</summary>
    /// <returns>For how long nothing is tried.</returns>
    private TimeSpan Count(Run run)
    {
        lock (_lock)
        {
            var delay = _retryDelay;
            if (run.BegunAfter == _events)
            {
                _events++;
                _failures++;
                _retryDelay = TimeSpan.FromTicks(Math.Min(options.LastRetry.Ticks, _retryDelay.Ticks * 2));
            }

            return delay;
        }
    }

    private sealed class Run
    {
        private volatile int _next;

        /// <summary>How many failures there had been in all when it began.</summary>
        public required int BegunAfter { get; init; }

        /// <summary>The GOP that it makes now or next.</summary>
        public int Next { get => _next; set => _next = value; }

        public Task Task { get; set; } = Task.CompletedTask;
    }
}

/// <summary>How a <see cref="TrackFeeder"/> runs encoders.</summary>
internal sealed record TrackFeederOptions
{
    /// <summary>For how long an encoder that nobody needs is kept.</summary>
    public required TimeSpan Grace { get; init; }

    /// <summary>A run that is at most so many GOPs away is waited for rather than another started.</summary>
    public int Reach { get; init; } = 6;

    /// <summary>Wait after the first failure; doubles with each further one.</summary>
    public TimeSpan FirstRetry { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest wait after a failure.</summary>
    public TimeSpan LastRetry { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The encoder's preset at present.</summary>
    public Func<string> Preset { get; init; } = () => EncoderRun.DefaultPreset;

    /// <summary>Where what was encoded is taken to the store.</summary>
    public StoreWriter? Writer { get; init; }

    /// <summary>The server's clock, on which speeds are noted.</summary>
    public Func<TimeSpan> Now { get; init; } = () => TimeSpan.Zero;

    public TimeProvider Time { get; init; } = TimeProvider.System;
}

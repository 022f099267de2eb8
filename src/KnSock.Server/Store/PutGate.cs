using Microsoft.Extensions.Logging;

namespace KnSock.Server.Store;

/// <summary>Keeps puts out while they would fail, and finds out every five seconds whether they still would.</summary>
/// <param name="probe">Whether what was refused would be refused again, and why. Null: it is worth trying. Works with the disk.</param>
/// <param name="lane">Where probes run.</param>
/// <param name="time">The clock of the retries.</param>
/// <param name="logger">Is told when the state changes.</param>
internal sealed class PutGate(Func<Refusal, PutPurpose, Refusal?> probe, DiskLane lane, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(5);

    private readonly Refusals _refusals = new();
    private readonly Lock _lock = new();
    private readonly AsyncSignal _changed = new();
    private readonly CancellationTokenSource _stopping = new();
    private Task _retrying = Task.CompletedTask;
    private bool _isRetrying;
    private StoreState _state;

    /// <summary>Whether puts are let in, and if not, why.</summary>
    public StoreState State
    {
        get
        {
            lock (_lock)
            {
                return _state;
            }
        }
    }

    /// <summary>Completes when <see cref="State"/> changes.</summary>
    public Task Changed => _changed.Next;

    /// <summary>Why puts for this purpose are kept out. Null: they are not.</summary>
    public Refusal? this[PutPurpose purpose]
    {
        get
        {
            lock (_lock)
            {
                return _refusals[purpose];
            }
        }
    }

    /// <summary>A put was refused; others like it are kept out from now on.</summary>
    public void Close(PutPurpose purpose, Refusal refusal)
    {
        lock (_lock)
        {
            _refusals.Set(purpose, refusal);
            if (!_isRetrying && !_stopping.IsCancellationRequested)
            {
                _isRetrying = true;
                _retrying = RetryAsync(_stopping.Token);
            }
        }

        UpdateState();
    }

    /// <summary>Ends the retries. A probe that hangs in the disk is not waited for.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        Task retrying;
        lock (_lock)
        {
            retrying = _retrying;
        }

        await retrying.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private async Task RetryAsync(CancellationToken cancellationToken)
    {
        do
        {
            await Task.Delay(RetryInterval, time, cancellationToken);
        }
        while (await lane.RunAsync(IsStillRefused, cancellationToken));
    }

    private bool IsStillRefused()
    {
        foreach (var purpose in Enum.GetValues<PutPurpose>())
        {
            if (this[purpose] is { } refusal)
            {
                var still = probe(refusal, purpose);
                lock (_lock)
                {
                    _refusals.Keep(purpose, still);
                }
            }
        }

        UpdateState();
        lock (_lock)
        {
            return _isRetrying = _refusals.State != StoreState.Ready;
        }
    }

    private void UpdateState()
    {
        StoreState state;
        lock (_lock)
        {
            state = _refusals.State;
            if (state == _state)
            {
                return;
            }

            _state = state;
        }

        if (state.Reason is { } reason)
        {
            Log.StoreRefuses(logger, reason);
        }
        else
        {
            Log.StoreReady(logger);
        }

        _changed.Pulse();
    }
}

using KnSock.Testing;

namespace KnSock.Client.Tests.Playout;

/// <summary>Virtual time that moves on only when as many loops as there are wait for it.</summary>
internal sealed class WatchedTime(int loops) : TimeProvider
{
    private readonly ManualTimeProvider _time = new();
    private int _waiting;
    private int _rung;

    /// <summary>By how much each wait is longer than it should be, as on a busy machine.</summary>
    public TimeSpan Lateness { get; init; }

    public override long TimestampFrequency => _time.TimestampFrequency;

    public override long GetTimestamp() => _time.GetTimestamp();

    public override DateTimeOffset GetUtcNow() => _time.GetUtcNow();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime == Timeout.InfiniteTimeSpan)
        {
            return _time.CreateTimer(Ringing(callback), state, dueTime, period);
        }

        Interlocked.Increment(ref _waiting);
        return new Timer(this, callback, state, dueTime + Lateness, period);
    }

    /// <summary>Moves time on in steps of a millisecond.</summary>
    /// <param name="milliseconds">By how much.</param>
    /// <param name="each">Is done at each step; true: it did something for which loops may have to do more. Null: nothing is.</param>
    public void Run(double milliseconds, Func<bool>? each = null)
    {
        var isCalm = false;
        for (var t = 0; t < milliseconds; t++)
        {
            if (!isCalm)
            {
                Settle();
            }

            var before = Volatile.Read(ref _rung);
            var isDone = each?.Invoke() == true;
            _time.Advance(TimeSpan.FromMilliseconds(1));
            isCalm = !isDone && Volatile.Read(ref _rung) == before;
        }

        Settle();
    }

    private TimerCallback Ringing(TimerCallback callback) => state =>
    {
        Interlocked.Increment(ref _rung);
        callback(state);
    };

    private void Settle()
    {
        do
        {
            // A loop that was just woken still counts as waiting for a moment, so it must be so several times in a row.
            for (var calm = 0; calm < 20;)
            {
                calm = Volatile.Read(ref _waiting) == loops ? calm + 1 : 0;
                Thread.Yield();
            }

            Flush();
        }
        while (Volatile.Read(ref _waiting) != loops);
    }

    /// <summary>On a busy machine what wakes a loop may lie in the pool's queue for longer than that; what is put behind it comes after it.</summary>
    private static void Flush()
    {
        for (var i = 0; i < 2; i++)
        {
            Task.Factory.StartNew(static () => { }, CancellationToken.None, TaskCreationOptions.PreferFairness, TaskScheduler.Default).GetAwaiter().GetResult();
        }
    }

    private sealed class Timer : ITimer
    {
        private readonly WatchedTime _owner;
        private readonly ITimer _timer;
        private int _counted = 1;

        public Timer(WatchedTime owner, TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _owner = owner;
            _timer = owner._time.CreateTimer(
                s =>
                {
                    Uncount();
                    owner.Ringing(callback)(s);
                },
                state,
                dueTime,
                period);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period) => _timer.Change(dueTime, period);

        public void Dispose()
        {
            Uncount();
            _timer.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Uncount()
        {
            if (Interlocked.Exchange(ref _counted, 0) == 1)
            {
                Interlocked.Decrement(ref _owner._waiting);
            }
        }
    }
}

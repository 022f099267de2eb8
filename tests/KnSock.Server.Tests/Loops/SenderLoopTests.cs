using System.Collections.Concurrent;
using System.Net.Sockets;
using KnSock.Server.Loops;
using Microsoft.Extensions.Logging.Abstractions;

namespace KnSock.Server.Tests.Loops;

/// <summary>The loop on its own thread, with the real clock and real sockets.</summary>
public sealed class SenderLoopTests : IAsyncDisposable
{
    private readonly ServerClock _clock = new(TimeProvider.System);
    private readonly SenderLoop _loop;

    public SenderLoopTests()
    {
        _loop = new SenderLoop(_clock, NullLogger.Instance);
        _loop.Start(0);
    }

    public async ValueTask DisposeAsync() => await _loop.StopAsync();

    [Fact]
    public async Task MembersRunWhenTheyAreDueAndNotBefore()
    {
        var runs = new ConcurrentQueue<(TimeSpan Due, TimeSpan At)>();
        var members = Enumerable.Range(0, 100).Select(i =>
        {
            var due = TimeSpan.Zero;
            return new Member
            {
                OnRun = now =>
                {
                    if (due > TimeSpan.Zero)
                    {
                        runs.Enqueue((due, now));
                    }

                    return due = now + TimeSpan.FromMilliseconds(3 + (i % 20));
                },
            };
        }).ToList();
        members.ForEach(_loop.Add);

        await Eventually.TrueAsync(() => runs.Count > 5000);

        Assert.Equal(100, _loop.Count);
        Assert.DoesNotContain(runs, r => r.At < r.Due);
    }

    [Fact]
    public async Task AllEndOnceWhenItStopsAndWhoComesLaterEndsAtOnce()
    {
        var members = Enumerable.Range(0, 50).Select(_ => new Member()).ToList();
        members.ForEach(_loop.Add);
        await _loop.StopAsync();

        Assert.All(members, m => Assert.Equal((1, null), (m.Ends, m.Fault)));
        var late = new Member();
        _loop.Add(late);
        Assert.Equal((0, 1), (late.Runs, late.Ends));
        var isPosted = false;
        _loop.Post(() => isPosted = true);
        Assert.True(isPosted);
        await _loop.StopAsync();
    }

    [Fact]
    public async Task NobodyIsLostWhoComesWhileItStops()
    {
        for (var turn = 0; turn < 50; turn++)
        {
            var loop = new SenderLoop(_clock, NullLogger.Instance);
            loop.Start(turn);
            var members = Enumerable.Range(0, 200).Select(_ => new Member()).ToList();
            var adding = Task.Run(() => members.ForEach(loop.Add));
            await Task.Yield();
            await loop.StopAsync();
            await adding;

            Assert.All(members, m => Assert.Equal(1, m.Ends));
        }
    }

    [Fact]
    public async Task OneThatThrowsEndsAlone()
    {
        using var pair = new SocketPair();
        var good = new Member { OnRun = now => now + TimeSpan.FromMilliseconds(1) };
        var bad = new Member { OnRun = _ => throw new InvalidOperationException("at a run") };
        var worse = new Member { OnTold = (_, _) => throw new InvalidOperationException("at a socket") };
        bad.OnEnd = () => _loop.Remove(bad);
        worse.OnEnd = () =>
        {
            _loop.Unwatch(pair.Ours, worse.Key);
            _loop.Remove(worse);
        };
        worse.OnRun = _ =>
        {
            worse.Key = _loop.Watch(pair.Ours, worse, tag: 0, Interest.Read);
            return LoopMember.Never;
        };
        foreach (var member in (Member[])[good, bad, worse])
        {
            _loop.Add(member);
        }

        pair.Theirs.Send([1]);
        await Eventually.TrueAsync(() => bad.Ends + worse.Ends == 2);
        var runs = good.Runs;
        await Eventually.TrueAsync(() => good.Runs > runs + 20);

        Assert.Equal(("at a run", "at a socket"), (bad.Fault?.Message, worse.Fault?.Message));
        Assert.Equal((1, 1, 0, 1), (bad.Ends, worse.Ends, good.Ends, _loop.Count));
    }

    [Fact]
    public async Task OneThatCannotEvenEndTakesNoOtherWithIt()
    {
        var good = new Member { OnRun = now => now + TimeSpan.FromMilliseconds(1) };
        var bad = new Member { OnRun = _ => throw new InvalidOperationException("at a run"), OnEnd = () => throw new InvalidOperationException("at its end") };
        _loop.Add(good);
        _loop.Add(bad);

        await Eventually.TrueAsync(() => _loop.Count == 1);
        var runs = good.Runs;
        await Eventually.TrueAsync(() => good.Runs > runs + 20);
        Assert.Equal(0, good.Ends);
    }

    [Fact]
    public async Task WhatIsPostedRunsInOrderAndOnTheLoopsThread()
    {
        var order = new List<int>();
        var threads = new HashSet<int>();
        for (var i = 0; i < 1000; i++)
        {
            var number = i;
            _loop.Post(() =>
            {
                order.Add(number);
                threads.Add(Environment.CurrentManagedThreadId);
            });
        }

        await Eventually.TrueAsync(() => Volatile.Read(ref order).Count == 1000);
        Assert.Equal(Enumerable.Range(0, 1000), order);
        Assert.NotEqual(Environment.CurrentManagedThreadId, Assert.Single(threads));
    }

    /// <summary>Two sockets are ready at the same look. Who is told first lets the other's go and watches a third one: that hears nothing of what was the other's.</summary>
    [Fact]
    public async Task AKeyUsedAgainHearsNothingThatWasAnothers()
    {
        var readiness = new ScriptedReadiness();
        var loop = new SenderLoop(_clock, NullLogger.Instance, readiness);
        using var pair = new SocketPair();
        var told = new ConcurrentQueue<string>();
        var newcomer = new Member { OnTold = (tag, _) => told.Enqueue($"newcomer {tag}") };
        var second = new Member { OnTold = (tag, _) => told.Enqueue($"second {tag}") };
        var first = new Member();
        first.OnTold = (tag, _) =>
        {
            if (tag == 1)
            {
                loop.Unwatch(pair.Ours, second.Key);
                newcomer.Key = loop.Watch(pair.Ours, newcomer, tag: 3, Interest.Read);
            }

            // Last: whoever sees it goes by the newcomer's key.
            told.Enqueue($"first {tag}");
        };
        var keys = new TaskCompletionSource<int>();
        loop.Post(() =>
        {
            first.Key = loop.Watch(pair.Ours, first, tag: 1, Interest.Read);
            second.Key = loop.Watch(pair.Ours, second, tag: 2, Interest.Read);
            readiness.Next([new ReadySocket(first.Key, Interest.Read), new ReadySocket(second.Key, Interest.Read)]);
            keys.SetResult(first.Key);
        });
        loop.Start(1);
        await keys.Task;

        await Eventually.TrueAsync(() => told.Contains("first 1", StringComparer.Ordinal));
        readiness.Next([new ReadySocket(newcomer.Key, Interest.Read)]);
        await Eventually.TrueAsync(() => told.Contains("newcomer 3", StringComparer.Ordinal));
        await loop.StopAsync();

        Assert.Equal(["first 1", "newcomer 3"], told.ToArray());
        Assert.True(readiness.IsDisposed);
    }

    [Fact]
    public async Task KeysAreUsedAgain()
    {
        using var pair = new SocketPair();
        var keys = new List<int>();
        var over = new TaskCompletionSource();
        var member = new Member();
        member.OnRun = now =>
        {
            if (keys.Count == 100)
            {
                over.TrySetResult();
                return LoopMember.Never;
            }

            keys.Add(_loop.Watch(pair.Ours, member, tag: 0, Interest.None));
            _loop.Unwatch(pair.Ours, keys[^1]);
            return now + TimeSpan.FromMilliseconds(1);
        };
        _loop.Add(member);
        await over.Task.WaitAsync(TimeSpan.FromSeconds(20));

        Assert.InRange(keys.Max(), 0, 1);
    }

    [Fact]
    public async Task ManyMembersWithSocketsAreAllServed()
    {
        var pairs = Enumerable.Range(0, 150).Select(_ => new SocketPair()).ToList();
        var received = new int[pairs.Count];
        var members = pairs.Select((pair, i) =>
        {
            var member = new Member();
            member.OnRun = _ =>
            {
                member.Key = _loop.Watch(pair.Ours, member, i, Interest.Read);
                return LoopMember.Never;
            };
            member.OnTold = (tag, _) => received[tag] += Math.Max(0, pair.Ours.Receive(new byte[100], SocketFlags.None, out SocketError _));
            return member;
        }).ToList();
        members.ForEach(_loop.Add);
        for (var turn = 0; turn < 20; turn++)
        {
            pairs.ForEach(p => p.Theirs.Send([1, 2, 3]));
            await Task.Yield();
        }

        await Eventually.TrueAsync(() => received.All(r => r == 60));
        await _loop.StopAsync();
        pairs.ForEach(p => p.Dispose());
    }

    [Fact]
    public async Task ThoseToldWhileItWaitsForMoreDoNotWakeIt()
    {
        var readiness = new CountedWakes();
        var loop = new SenderLoop(_clock, NullLogger.Instance, readiness);
        var told = 0;
        var members = Enumerable.Range(0, 100).Select(_ => new Member { OnTold = (_, _) => Interlocked.Increment(ref told) }).ToList();
        members.ForEach(loop.Add);
        loop.Start(1);
        await Eventually.TrueAsync(() => members.TrueForAll(m => m.Runs == 1));

        // The first of many comes while it waits for anything at all, the others while it waits for them.
        await readiness.HoldAsync(() => loop.Tell(members[0], 0, Interest.Read));
        var wakes = readiness.Wakes;
        members.Skip(1).ToList().ForEach(m => loop.Tell(m, 0, Interest.Read));
        Assert.Equal((1, wakes), (told, readiness.Wakes));
        readiness.Release();
        await Eventually.TrueAsync(() => Volatile.Read(ref told) == 100);
        Assert.Equal(wakes, readiness.Wakes);

        await loop.StopAsync();
        Assert.Equal(100, told);
    }

    [Fact]
    public async Task NothingThatIsToldFromAnyThreadIsLost()
    {
        var told = new int[100];
        var members = told.Select((_, i) => new Member { OnTold = (_, _) => Interlocked.Increment(ref told[i]) }).ToList();
        foreach (var count in (int[])[3, 100])
        {
            var some = members.Take(count).Where(m => m.Runs == 0).ToList();
            some.ForEach(_loop.Add);
            await Eventually.TrueAsync(() => some.TrueForAll(m => m.Runs == 1));
            Array.Clear(told);
            Parallel.For(0, 20 * count, i => _loop.Tell(members[i % count], 0, Interest.Read));
            await Eventually.TrueAsync(() => told.Take(count).All(t => t == 20));
            // Alone, with nothing else to wake it.
            for (var i = 1; i <= 20; i++)
            {
                _loop.Tell(members[0], 0, Interest.Read);
                await Eventually.TrueAsync(() => Volatile.Read(ref told[0]) == 20 + i);
            }
        }
    }

    private sealed class Member : LoopMember
    {
        private int _runs;
        private int _ends;

        public Func<TimeSpan, TimeSpan> OnRun { get; set; } = static _ => Never;

        public Action<int, Interest> OnTold { get; set; } = static (_, _) => { };

        public Action OnEnd { get; set; } = static () => { };

        public int Key { get; set; } = -1;

        public int Runs => Volatile.Read(ref _runs);

        public int Ends => Volatile.Read(ref _ends);

        public Exception? Fault { get; private set; }

        public override TimeSpan Run(TimeSpan now)
        {
            Interlocked.Increment(ref _runs);
            return OnRun(now);
        }

        public override bool OnReady(int tag, Interest ready, TimeSpan now)
        {
            OnTold(tag, ready);
            return false;
        }

        public override void End(Exception? fault)
        {
            Fault = fault;
            OnEnd();
            Interlocked.Increment(ref _ends);
        }
    }

    /// <summary>Says what the test wants to be ready.</summary>
    private sealed class ScriptedReadiness : IReadiness
    {
        private readonly BlockingCollection<ReadySocket[]> _looks = [];

        public bool IsDisposed { get; private set; }

        public void Next(ReadySocket[] ready) => _looks.Add(ready);

        public void Add(Socket socket, int key, Interest interest)
        {
        }

        public void Change(Socket socket, int key, Interest interest)
        {
        }

        public void Remove(Socket socket, int key)
        {
        }

        public int Wait(TimeSpan timeout, Span<ReadySocket> ready)
        {
            if (!_looks.TryTake(out var next, timeout))
            {
                return 0;
            }

            next.CopyTo(ready);
            return next.Length;
        }

        public void Pause(TimeSpan time)
        {
        }

        public void Wake() => _looks.TryAdd([]);

        public void Dispose() => IsDisposed = true;
    }

    /// <summary>No socket is ever ready; a pause lasts as long as the test likes.</summary>
    private sealed class CountedWakes : IReadiness
    {
        private readonly AutoResetEvent _woken = new(initialState: false);
        private readonly ManualResetEventSlim _released = new(initialState: true);
        private readonly SemaphoreSlim _paused = new(0);
        private int _wakes;

        public int Wakes => Volatile.Read(ref _wakes);

        /// <summary>Does something, and comes back when the loop pauses after it; it will until it is released.</summary>
        public async Task HoldAsync(Action action)
        {
            _released.Reset();
            action();
            Assert.True(await _paused.WaitAsync(TimeSpan.FromSeconds(20)));
        }

        public void Release() => _released.Set();

        public void Add(Socket socket, int key, Interest interest)
        {
        }

        public void Change(Socket socket, int key, Interest interest)
        {
        }

        public void Remove(Socket socket, int key)
        {
        }

        public int Wait(TimeSpan timeout, Span<ReadySocket> ready)
        {
            _woken.WaitOne(timeout);
            return 0;
        }

        public void Pause(TimeSpan time)
        {
            if (!_released.IsSet)
            {
                _paused.Release();
                _released.Wait();
            }
        }

        public void Wake()
        {
            Interlocked.Increment(ref _wakes);
            _woken.Set();
        }

        public void Dispose()
        {
            _woken.Dispose();
            _released.Dispose();
            _paused.Dispose();
        }
    }
}

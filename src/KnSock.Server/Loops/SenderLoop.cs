using System.Collections.Concurrent;
using System.Net.Sockets;
using KnSock.Server.Interop;
using Microsoft.Extensions.Logging;

namespace KnSock.Server.Loops;

/// <summary>
/// One thread that serves many viewers: it waits for their sockets and for time, and never for one of them. What lives on it needs no locks among
/// itself and allocates nothing to wait.
/// </summary>
internal sealed class SenderLoop
{
    /// <summary>
    /// With many members, sockets are looked at no more often than this, so that one look finds many ready: waking up costs as much as serving one.
    /// </summary>
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(10);

    private const int Many = 64;

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    private readonly ServerClock _clock;
    private readonly ILogger _logger;
    private readonly IReadiness _readiness;
    private readonly Agenda _agenda = new(LookInterval);
    private readonly ConcurrentQueue<Action> _posted = new();
    private readonly ConcurrentQueue<(LoopMember Member, int Tag, Interest Ready)> _told = new();
    private readonly WatchedSockets _watched = new();
    private readonly LoopLoad _load = new(LongestWait);
    private readonly HashSet<LoopMember> _members = [];
    private readonly ReadySocket[] _ready = new ReadySocket[256];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isEnding;
    private bool _hasEnded;
    private int _isAsleep;
    private int _count;

    /// <summary>Creates a loop; it runs when it is started.</summary>
    public SenderLoop(ServerClock clock, ILogger logger, IReadiness? readiness = null)
    {
        (_clock, _logger) = (clock, logger);
        _readiness = readiness ?? (OperatingSystem.IsLinux() ? new EpollReadiness() : new PollingReadiness());
    }

    /// <summary>How many members it has or is about to have.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>How much of the time it is at work, 0 to 1, over the last second or so.</summary>
    public double BusyShare => _load.BusyShare;

    /// <summary>What is about to be sent, for the moment of a call.</summary>
    public Segments Segments { get; } = new();

    /// <summary>Room for what is received, for the moment of a call.</summary>
    public byte[] Scratch { get; } = new byte[16 * 1024];

    /// <summary>Runs the loop on a thread of its own.</summary>
    public void Start(int number) => new Thread(Run) { IsBackground = true, Name = $"knsock sender {number}" }.Start();

    /// <summary>Takes a member on; it is run at once. From any thread.</summary>
    public void Add(LoopMember member)
    {
        Interlocked.Increment(ref _count);
        Post(() =>
        {
            if (_isEnding)
            {
                End(member, fault: null);
                return;
            }

            _members.Add(member);
            member.IsMember = true;
            RunMember(member, _clock.Elapsed);
        });
    }

    /// <summary>Has the loop's thread do something soon. From any thread.</summary>
    public void Post(Action action)
    {
        _posted.Enqueue(action);
        Wake();
    }

    /// <summary>Tells a member soon that something of its is ready that is no socket. From any thread.</summary>
    /// <remarks>Only the first wakes the loop: while it is at work, or waits with many members so that they get ready together, it will come by here anyway.</remarks>
    public void Tell(LoopMember member, int tag, Interest ready)
    {
        _told.Enqueue((member, tag, ready));
        if (Interlocked.Exchange(ref _isAsleep, 0) == 1)
        {
            Wake();
        }
    }

    /// <summary>Looks at all members at one moment, from the loop's thread. From any thread.</summary>
    /// <param name="look">What is seen of a member. Null: nothing.</param>
    public Task<List<T>> CollectAsync<T>(Func<LoopMember, T?> look)
        where T : class
    {
        var collected = new TaskCompletionSource<List<T>>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() =>
        {
            try
            {
                collected.SetResult([.. _members.Select(look).OfType<T>()]);
            }
            catch (Exception e)
            {
                collected.SetException(e);
            }
        });
        return collected.Task;
    }

    /// <summary>Ends all members, and then the thread.</summary>
    public Task StopAsync()
    {
        _isEnding = true;
        Wake();
        return _ended.Task;
    }

    /// <summary>Lets a member go. By the loop's thread.</summary>
    public void Remove(LoopMember member)
    {
        Agenda.Remove(member);
        member.IsMember = false;
        if (_members.Remove(member))
        {
            Interlocked.Decrement(ref _count);
        }
    }

    /// <summary>Has a member run at a time, in place of the one it asked for before. By the loop's thread.</summary>
    public void Schedule(LoopMember member, TimeSpan due) => _agenda.Schedule(member, due);

    /// <summary>Watches a socket for a member. By the loop's thread.</summary>
    /// <returns>The key to change that with.</returns>
    public int Watch(Socket socket, LoopMember member, int tag, Interest interest)
    {
        var key = _watched.Add(member, tag);
        _readiness.Add(socket, key, interest);
        return key;
    }

    /// <summary>Watches it for something else.</summary>
    public void Change(Socket socket, int key, Interest interest) => _readiness.Change(socket, key, interest);

    /// <summary>Watches it no more. Before it is closed.</summary>
    public void Unwatch(Socket socket, int key)
    {
        _readiness.Remove(socket, key);
        _watched.Remove(key);
    }

    private void Run()
    {
        try
        {
            while (!_isEnding)
            {
                RunPosted();
                RunDue();
                Look();
            }
        }
        catch (Exception e)
        {
            Log.LoopFailed(_logger, e);
        }
        finally
        {
            _isEnding = true;
            foreach (var member in _members.ToArray())
            {
                End(member, fault: null);
            }

            lock (_ended)
            {
                _readiness.Dispose();
                _hasEnded = true;
            }

            // What was posted last may be a member that nobody else would end.
            RunPosted();
            _ended.SetResult();
        }
    }

    private void Wake()
    {
        lock (_ended)
        {
            if (!_hasEnded)
            {
                _readiness.Wake();
                return;
            }
        }

        RunPosted();
    }

    private void RunPosted()
    {
        while (_posted.TryDequeue(out var action))
        {
            action();
        }
    }

    /// <summary>Tells those for whom something is ready that is no socket.</summary>
    /// <returns>Whether there was one.</returns>
    private bool RunTold()
    {
        var wasTold = false;
        while (_told.TryDequeue(out var next))
        {
            wasTold = true;
            if (next.Member.IsMember)
            {
                Tell(next.Member, next.Tag, next.Ready, _clock.Elapsed);
            }
        }

        return wasTold;
    }

    private void RunDue()
    {
        _agenda.Begin();
        var now = _clock.Elapsed;
        while (_agenda.TakeDue(now) is { } member)
        {
            RunMember(member, now);
            now = _clock.Elapsed;
        }
    }

    /// <summary>Waits until a socket is ready or a member is due, and tells those whose sockets are.</summary>
    private void Look()
    {
        _watched.Begin();
        var until = _agenda.UntilNext(_clock.Elapsed);
        var began = _clock.Elapsed;
        // From now on one who tells something wakes; one who did before is found here.
        Interlocked.Exchange(ref _isAsleep, 1);
        until = _told.IsEmpty ? until : TimeSpan.Zero;
        var count = _readiness.Wait(until < LongestWait ? until : LongestWait, _ready);
        Volatile.Write(ref _isAsleep, 0);
        var now = _clock.Elapsed;
        _load.Waited(now - began, now);
        for (var i = 0; i < count; i++)
        {
            var (key, ready) = _ready[i];
            // One that was let go by another that was ready at the same moment.
            if (_watched[key] is ({ } member, var tag))
            {
                Tell(member, tag, ready, now);
            }
        }

        var wasReady = RunTold() || count > 0;
        until = _agenda.UntilNext(_clock.Elapsed);
        if (wasReady && _members.Count > Many && until > TimeSpan.Zero)
        {
            began = _clock.Elapsed;
            _readiness.Pause(until < LookInterval ? until : LookInterval);
            _load.Waited(_clock.Elapsed - began, _clock.Elapsed);
        }
    }

    private void Tell(LoopMember member, int tag, Interest ready, TimeSpan now)
    {
        try
        {
            if (member.OnReady(tag, ready, now))
            {
                RunMember(member, _clock.Elapsed);
            }
        }
        catch (Exception e)
        {
            End(member, e);
        }
    }

    private void RunMember(LoopMember member, TimeSpan now)
    {
        try
        {
            var due = member.Run(now);
            if (member.IsMember)
            {
                _agenda.Schedule(member, due > now ? due : now + TimeSpan.FromMilliseconds(1));
            }
        }
        catch (Exception e)
        {
            End(member, e);
        }
    }

    /// <summary>Ends a member; one that cannot even end takes no other with it.</summary>
    private void End(LoopMember member, Exception? fault)
    {
        try
        {
            member.End(fault);
        }
        catch (Exception e)
        {
            Log.MemberFailed(_logger, e);
            Remove(member);
        }
    }
}

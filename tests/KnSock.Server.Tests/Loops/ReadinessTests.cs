using System.Diagnostics;
using KnSock.Server.Interop;
using KnSock.Server.Loops;

namespace KnSock.Server.Tests.Loops;

/// <summary>Both ways to find out what is ready, over real sockets.</summary>
public sealed class ReadinessTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static TheoryData<bool> Kinds => [true, false];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void WhatHasComeIsToldUntilItIsRead(bool isEpoll)
    {
        using var readiness = Create(isEpoll);
        using var pair = new SocketPair();
        readiness.Add(pair.Ours, 7, Interest.Read);
        Assert.Empty(Wait(readiness, TimeSpan.FromMilliseconds(20)));

        pair.Theirs.Send([1, 2, 3]);
        Assert.Equal([new ReadySocket(7, Interest.Read)], Wait(readiness, Patience));
        Assert.Equal([new ReadySocket(7, Interest.Read)], Wait(readiness, Patience));
        pair.Ours.Receive(new byte[10]);

        Assert.Empty(Wait(readiness, TimeSpan.Zero));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void RoomIsToldWhenThereIsSomeAgain(bool isEpoll)
    {
        using var readiness = Create(isEpoll);
        using var pair = new SocketPair();
        readiness.Add(pair.Ours, 3, Interest.Write);
        Assert.Equal([new ReadySocket(3, Interest.Write)], Wait(readiness, Patience));
        var filled = pair.Fill();
        Assert.Empty(Wait(readiness, TimeSpan.Zero));

        pair.Take(filled);
        Assert.Equal([new ReadySocket(3, Interest.Write)], Wait(readiness, Patience));

        readiness.Change(pair.Ours, 3, Interest.None);
        Assert.Empty(Wait(readiness, TimeSpan.Zero));
        pair.Theirs.Send([1]);
        readiness.Change(pair.Ours, 3, Interest.Read | Interest.Write);
        Assert.Equal([new ReadySocket(3, Interest.Read | Interest.Write)], Wait(readiness, Patience));
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void TheEndIsToldWhoeverIsNotAskedForIt(bool isEpoll, bool isReset)
    {
        using var readiness = Create(isEpoll);
        using var pair = new SocketPair();
        readiness.Add(pair.Ours, 9, Interest.None);
        pair.Theirs.Send([1]);
        Assert.Empty(Wait(readiness, TimeSpan.FromMilliseconds(10)));
        pair.Ours.Receive(new byte[10]);
        if (isReset)
        {
            pair.Reset();
        }
        else
        {
            pair.Theirs.Dispose();
        }

        var told = Assert.Single(Wait(readiness, Patience));

        Assert.Equal((9, true), (told.Key, told.For.HasFlag(Interest.Ended)));
        readiness.Remove(pair.Ours, 9);
        Assert.Empty(Wait(readiness, TimeSpan.FromMilliseconds(10)));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void AnotherThreadEndsTheWait(bool isEpoll)
    {
        using var readiness = Create(isEpoll);
        readiness.Wake();
        // One that came before counts, once.
        Assert.True(Time(() => Wait(readiness, Patience)) < Patience);
        Assert.True(Time(() => Wait(readiness, TimeSpan.FromMilliseconds(30))) > TimeSpan.FromMilliseconds(4));
        for (var i = 0; i < 20; i++)
        {
            using var timer = new Timer(_ => readiness.Wake(), state: null, dueTime: i, period: Timeout.Infinite);
            Assert.True(Time(() => Assert.Empty(Wait(readiness, Patience))) < Patience);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void APauseLastsWhateverIsReadyUnlessItIsWoken(bool isEpoll)
    {
        using var readiness = Create(isEpoll);
        using var pair = new SocketPair();
        readiness.Add(pair.Ours, 0, Interest.Read | Interest.Write);
        pair.Theirs.Send([1]);

        Assert.True(Time(() => readiness.Pause(TimeSpan.FromMilliseconds(30))) > TimeSpan.FromMilliseconds(25));
        readiness.Wake();
        Assert.True(Time(() => readiness.Pause(Patience)) < Patience);
    }

    /// <summary>Room for what is ready is small; nobody is passed over for ever.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public void WhatDoesNotFitIsToldNextTime(bool isEpoll)
    {
        using var readiness = Create(isEpoll);
        var pairs = Enumerable.Range(0, 10).Select(_ => new SocketPair()).ToList();
        for (var key = 0; key < pairs.Count; key++)
        {
            readiness.Add(pairs[key].Ours, key, Interest.Write);
        }

        var told = new HashSet<int>();
        for (var i = 0; i < 20; i++)
        {
            told.UnionWith(Wait(readiness, Patience, room: 4).Select(r => r.Key));
        }

        Assert.Equal(10, told.Count);
        pairs.ForEach(p => p.Dispose());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void AKeyIsFreeWhenItsSocketWasRemoved(bool isEpoll)
    {
        using var readiness = Create(isEpoll);
        using var one = new SocketPair();
        using var two = new SocketPair();
        readiness.Add(one.Ours, 5, Interest.Read);
        one.Theirs.Send([1]);
        readiness.Remove(one.Ours, 5);
        readiness.Add(two.Ours, 5, Interest.Read);

        Assert.Empty(Wait(readiness, TimeSpan.FromMilliseconds(10)));
        two.Theirs.Send([1]);
        Assert.Equal([new ReadySocket(5, Interest.Read)], Wait(readiness, Patience));
    }

    private static IReadiness Create(bool isEpoll)
    {
        Assert.SkipUnless(!isEpoll || OperatingSystem.IsLinux(), "epoll is Linux's");
        return isEpoll && OperatingSystem.IsLinux() ? new EpollReadiness() : new PollingReadiness();
    }

    /// <summary>The polling one returns empty-handed now and then.</summary>
    private static ReadySocket[] Wait(IReadiness readiness, TimeSpan timeout, int room = 16)
    {
        var ready = new ReadySocket[room];
        var started = Stopwatch.GetTimestamp();
        var count = readiness.Wait(timeout, ready);
        while (count == 0 && readiness is PollingReadiness && timeout > TimeSpan.FromMilliseconds(20) && Stopwatch.GetElapsedTime(started) < TimeSpan.FromMilliseconds(500))
        {
            count = readiness.Wait(timeout, ready);
        }

        return ready[..count];
    }

    private static TimeSpan Time(Action action)
    {
        var started = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(started);
    }
}

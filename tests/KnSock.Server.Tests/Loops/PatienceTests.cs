using System.Net.Sockets;
using KnSock.Server.Loops;
using KnSock.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace KnSock.Server.Tests.Loops;

/// <summary>Who goes first on a loop when many are due at once, on virtual time that passes while members are at work and while the loop waits.</summary>
public sealed class PatienceTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly List<string> _order = [];

    [Fact]
    public async Task ThosePatientLetOthersAndSocketsGoFirst()
    {
        using var readiness = new PassingTime(_time, _order);
        var loop = new SenderLoop(new ServerClock(_time), NullLogger.Instance, readiness);
        for (var i = 0; i < 6; i++)
        {
            loop.Add(new Member(isPatient: true, due: 10, work: 4, this));
        }

        loop.Add(new Member(isPatient: false, due: 11, work: 1, this));
        loop.Start(0);
        await readiness.IsIdle.Task;
        await loop.StopAsync();

        Assert.Equal(
            ["look", "patient at 10", "hurried at 14", "patient at 15", "patient at 19", "look", "patient at 23", "patient at 27", "patient at 31"], _order);
    }

    private sealed class Member : LoopMember
    {
        private readonly PatienceTests _test;
        private readonly TimeSpan _due;
        private readonly TimeSpan _work;

        public Member(bool isPatient, int due, int work, PatienceTests test)
        {
            (IsPatient, _test) = (isPatient, test);
            (_due, _work) = (TimeSpan.FromMilliseconds(due), TimeSpan.FromMilliseconds(work));
        }

        public override TimeSpan Run(TimeSpan now)
        {
            if (now < _due)
            {
                return _due;
            }

            _test._order.Add($"{(IsPatient ? "patient" : "hurried")} at {now.TotalMilliseconds:0}");
            _test._time.Advance(_work);
            return Never;
        }

        public override bool OnReady(int tag, Interest ready, TimeSpan now) => false;

        public override void End(Exception? fault)
        {
        }
    }

    /// <summary>No socket is ever ready; time passes at each look until the next member is due.</summary>
    private sealed class PassingTime(ManualTimeProvider time, List<string> order) : IReadiness
    {
        private readonly ManualResetEventSlim _woken = new();

        public TaskCompletionSource IsIdle { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

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
            if (timeout == TimeSpan.FromSeconds(1))
            {
                IsIdle.TrySetResult();
                _woken.Wait();
                return 0;
            }

            order.Add("look");
            time.Advance(timeout);
            return 0;
        }

        public void Pause(TimeSpan time)
        {
        }

        public void Wake()
        {
            if (IsIdle.Task.IsCompleted)
            {
                _woken.Set();
            }
        }

        public void Dispose() => _woken.Dispose();
    }
}

using KnSock.Server.Loops;

namespace KnSock.Server.Tests.Loops;

public sealed class TimingWheelTests
{
    [Fact]
    public void RandomSchedulesComeOutAsFromASortedList()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            Assert.True(IsRight(seed, out var why), $"seed {seed}: {why}");
        }
    }

    [Fact]
    public void WhatIsFarAwayComesInItsTime()
    {
        var wheel = new TimingWheel();
        var member = new Member();
        var due = TimeSpan.FromHours(3) + TimeSpan.FromMicroseconds(1234);
        wheel.Schedule(member, due);
        var now = TimeSpan.Zero;
        for (var looks = 0; now < due; looks++)
        {
            Assert.True(looks < 10_000);
            Assert.Null(wheel.TakeDue(now));
            var until = wheel.UntilNext(now);
            Assert.InRange(until, TimeSpan.FromTicks(1), TimeSpan.FromMilliseconds(2048));
            now += until;
        }

        Assert.InRange(now - due, TimeSpan.Zero, TimeSpan.FromMilliseconds(1));
        Assert.Same(member, wheel.TakeDue(now));
        Assert.Equal(LoopMember.Never, wheel.UntilNext(now));
    }

    [Fact]
    public void OneThatPutsItselfInAgainFromWithinIsTakenOnceEachTime()
    {
        var wheel = new TimingWheel();
        var members = Enumerable.Range(0, 50).Select(_ => new Member()).ToList();
        members.ForEach(m => wheel.Schedule(m, TimeSpan.FromMilliseconds(5)));
        for (var ms = 5; ms < 5000; ms += 3)
        {
            var now = TimeSpan.FromMilliseconds(ms);
            var taken = new List<LoopMember>();
            while (wheel.TakeDue(now) is { } member)
            {
                taken.Add(member);
                wheel.Schedule(member, now + TimeSpan.FromMilliseconds(1));
            }

            Assert.Equal(50, taken.Distinct().Count());
            Assert.Equal(50, taken.Count);
        }
    }

    [Fact]
    public void NeverMeansNever()
    {
        var wheel = new TimingWheel();
        var member = new Member();
        wheel.Schedule(member, TimeSpan.FromMilliseconds(3));
        wheel.Schedule(member, LoopMember.Never);

        Assert.Null(wheel.TakeDue(TimeSpan.FromDays(1000)));
        Assert.Empty(wheel.Members());
    }

    private static bool IsRight(int seed, out string why)
    {
        var random = new Random(seed);
        var wheel = new TimingWheel();
        var members = Enumerable.Range(0, random.Next(1, 60)).Select(_ => new Member()).ToArray();
        var expected = new Dictionary<LoopMember, TimeSpan>();
        var now = TimeSpan.FromTicks(random.NextInt64(TimeSpan.TicksPerDay));
        for (var step = 0; step < 400; step++)
        {
            var member = members[random.Next(members.Length)];
            switch (random.Next(6))
            {
                case 0:
                    wheel.Remove(member);
                    expected.Remove(member);
                    break;
                case 1:
                    // Waiting for as long as the wheel says passes over nobody.
                    now += TimeSpan.FromTicks(Math.Min(wheel.UntilNext(now).Ticks, random.NextInt64(30_000_000)));
                    break;
                case 2:
                    now += TimeSpan.FromTicks(random.NextInt64(random.Next(2) == 0 ? 30_000 : 60_000_000));
                    break;
                default:
                    expected[member] = now + TimeSpan.FromTicks(random.NextInt64(-50_000, random.Next(3) switch { 0 => 50_000, 1 => 20_000_000, _ => 200_000_000 }));
                    wheel.Schedule(member, expected[member]);
                    break;
            }

            if (random.Next(2) == 0 && !AreTaken(wheel, expected, random, now, out why))
            {
                return false;
            }
        }

        why = "members are lost";
        return expected.Keys.ToHashSet().SetEquals(wheel.Members());
    }

    private static bool AreTaken(TimingWheel wheel, Dictionary<LoopMember, TimeSpan> expected, Random random, TimeSpan now, out string why)
    {
        while (wheel.TakeDue(now) is { } taken)
        {
            if (!expected.Remove(taken, out var due) || due > now)
            {
                why = $"at {now} was taken what is due at {due}";
                return false;
            }

            if (random.Next(5) == 0)
            {
                expected[taken] = now + TimeSpan.FromTicks(random.NextInt64(1, 100_000));
                wheel.Schedule(taken, expected[taken]);
            }
        }

        // To the millisecond.
        var late = expected.Values.Where(due => due <= TimeSpan.FromMilliseconds(Math.Floor(now.TotalMilliseconds))).ToList();
        why = $"at {now} was left what is due at {late.FirstOrDefault()}";
        return late.Count == 0;
    }

    private sealed class Member : LoopMember
    {
        public override TimeSpan Run(TimeSpan now) => Never;

        public override bool OnReady(int tag, Interest ready, TimeSpan now) => false;

        public override void End(Exception? fault)
        {
        }
    }
}

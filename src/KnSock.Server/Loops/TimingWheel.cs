using System.Numerics;

namespace KnSock.Server.Loops;

/// <summary>
/// Members in the order in which they are due, to the millisecond. Putting one in and taking one out costs the same however many there are
/// (G. Varghese, T. Lauck, "Hashed and Hierarchical Timing Wheels", SOSP 1987).
/// </summary>
internal sealed class TimingWheel
{
    private const int Slots = 2048;

    private readonly Slot[] _slots = new Slot[Slots];
    private readonly ulong[] _occupied = new ulong[Slots / 64];

    /// <summary>The millisecond up to which, without it, all slots were emptied.</summary>
    private long _now;

    /// <summary>Puts a member in, in place of where it was, in this wheel or another. <see cref="LoopMember.Never"/> takes it out.</summary>
    public void Schedule(LoopMember member, TimeSpan due)
    {
        member.Wheel?.Remove(member);
        member.Due = due;
        if (due != LoopMember.Never)
        {
            // What is due after the wheel has come round is looked at before and put in again.
            Insert(member, (int)(Math.Clamp(Milliseconds(due), _now, _now + Slots - 1) % Slots));
        }
    }

    /// <summary>Takes a member out.</summary>
    public void Remove(LoopMember member)
    {
        if (member.Wheel != this)
        {
            return;
        }

        if (member.Previous is { } previous)
        {
            previous.Next = member.Next;
        }
        else
        {
            _slots[member.Slot].First = member.Next;
            if (member.Next is null)
            {
                _occupied[member.Slot / 64] &= ~(1UL << (member.Slot % 64));
            }
        }

        if (member.Next is { } next)
        {
            next.Previous = member.Previous;
        }

        (member.Next, member.Previous, member.Wheel) = (null, null, null);
    }

    /// <summary>Takes out one that is due. Null: there is none.</summary>
    public LoopMember? TakeDue(TimeSpan now)
    {
        for (var current = (long)now.TotalMilliseconds; _now <= current;)
        {
            if (FirstSlot() is not { } first || _now + first > current)
            {
                _now = current;
                return null;
            }

            _now += first;
            var member = _slots[(int)(_now % Slots)].First!;
            Remove(member);
            if (member.Due <= now)
            {
                return member;
            }

            Schedule(member, member.Due);
        }

        return null;
    }

    /// <summary>How long until the next slot comes round in which there is somebody.</summary>
    public TimeSpan UntilNext(TimeSpan now)
    {
        if (FirstSlot() is not { } first)
        {
            return LoopMember.Never;
        }

        var until = TimeSpan.FromMilliseconds(_now + first) - now;
        return until > TimeSpan.Zero ? until : TimeSpan.Zero;
    }

    /// <summary>Everybody, in no order.</summary>
    public IEnumerable<LoopMember> Members()
    {
        foreach (var slot in _slots)
        {
            for (var member = slot.First; member is not null; member = member.Next)
            {
                yield return member;
            }
        }
    }

    /// <summary>The millisecond in or before which it is due.</summary>
    private static long Milliseconds(TimeSpan due) => (due.Ticks + TimeSpan.TicksPerMillisecond - 1) / TimeSpan.TicksPerMillisecond;

    private void Insert(LoopMember member, int slot)
    {
        (member.Wheel, member.Slot, member.Next) = (this, slot, _slots[slot].First);
        if (member.Next is { } next)
        {
            next.Previous = member;
        }

        _slots[slot].First = member;
        _occupied[slot / 64] |= 1UL << (slot % 64);
    }

    /// <summary>How many milliseconds on the next slot is in which there is somebody.</summary>
    private int? FirstSlot()
    {
        var start = (int)(_now % Slots);
        for (var word = 0; word <= _occupied.Length; word++)
        {
            var index = ((start / 64) + word) % _occupied.Length;
            var bits = _occupied[index];
            bits = word == 0 ? bits & (ulong.MaxValue << (start % 64)) : bits;
            if (bits != 0)
            {
                return ((index * 64) + BitOperations.TrailingZeroCount(bits) - start + Slots) % Slots;
            }
        }

        return null;
    }

    /// <summary>Those who are due at one millisecond.</summary>
    private struct Slot
    {
        public LoopMember? First;
    }
}

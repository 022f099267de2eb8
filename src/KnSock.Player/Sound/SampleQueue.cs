namespace KnSock.Player.Sound;

/// <summary>Interleaved samples waiting to be heard, in a ring that grows up to a bound.</summary>
internal sealed class SampleQueue(int capacity)
{
    private float[] _ring = new float[Math.Min(capacity, 1 << 14)];
    private int _start;

    /// <summary>Samples of all channels that wait.</summary>
    public int Count { get; private set; }

    /// <summary>Adds samples.</summary>
    /// <returns>How many of them found room; the rest is lost.</returns>
    public int Write(ReadOnlySpan<float> samples)
    {
        var taken = Math.Min(samples.Length, capacity - Count);
        if (Count + taken > _ring.Length)
        {
            Grow(Count + taken);
        }

        var end = (_start + Count) % _ring.Length;
        var first = Math.Min(taken, _ring.Length - end);
        samples[..first].CopyTo(_ring.AsSpan(end));
        samples[first..taken].CopyTo(_ring);
        Count += taken;
        return taken;
    }

    /// <summary>Takes the oldest samples.</summary>
    /// <returns>How many there were, at most as many as <paramref name="target"/> has room for.</returns>
    public int Read(Span<float> target)
    {
        var taken = Math.Min(target.Length, Count);
        var first = Math.Min(taken, _ring.Length - _start);
        _ring.AsSpan(_start, first).CopyTo(target);
        _ring.AsSpan(0, taken - first).CopyTo(target[first..]);
        _start = (_start + taken) % _ring.Length;
        Count -= taken;
        return taken;
    }

    /// <summary>Throws away all that waits.</summary>
    public void Clear() => (_start, Count) = (0, 0);

    private void Grow(int needed)
    {
        var larger = new float[Math.Min(capacity, Math.Max(needed, _ring.Length * 2))];
        var count = Count;
        Read(larger.AsSpan(0, count));
        (_ring, _start, Count) = (larger, 0, count);
    }
}

namespace KnSock.Fanout;

/// <summary>How many access units came how much later than the promptest one, in steps of a millisecond. Adding to it allocates nothing.</summary>
public sealed class SpreadHistogram
{
    private const int Buckets = 2_500;
    private const long BucketMicroseconds = 1_000;

    private readonly int[] _counts = new int[Buckets];

    /// <summary>Units in it.</summary>
    public long Count { get; private set; }

    /// <summary>Adds a unit. What is beyond 2.5 s counts as that.</summary>
    /// <param name="microseconds">Its delay.</param>
    public void Add(long microseconds)
    {
        _counts[Math.Clamp(microseconds / BucketMicroseconds, 0, Buckets - 1)]++;
        Count++;
    }

    /// <summary>Adds the units of another histogram.</summary>
    /// <param name="other">The other one.</param>
    /// <param name="microseconds">What its delays are too high by; taken off to half a millisecond.</param>
    public void Merge(SpreadHistogram other, long microseconds = 0)
    {
        var buckets = (int)Math.Clamp((long)Math.Round(microseconds / (double)BucketMicroseconds), -Buckets, Buckets);
        for (var i = 0; i < Buckets; i++)
        {
            _counts[Math.Clamp(i - buckets, 0, Buckets - 1)] += other._counts[i];
        }

        Count += other.Count;
    }

    /// <summary>Takes all units out.</summary>
    public void Clear()
    {
        Array.Clear(_counts);
        Count = 0;
    }

    /// <summary>The delay that this share of the units keeps to, milliseconds. Null: there are none.</summary>
    /// <param name="share">0 to 1.</param>
    public double? Percentile(double share)
    {
        if (Count == 0)
        {
            return null;
        }

        var rank = share * Count;
        long below = 0;
        for (var i = 0; i < Buckets; i++)
        {
            if (_counts[i] > 0 && below + _counts[i] >= rank)
            {
                return i + ((rank - below) / _counts[i]);
            }

            below += _counts[i];
        }

        return Buckets;
    }

    /// <summary>Units with at least this delay.</summary>
    /// <param name="milliseconds">The delay.</param>
    public long CountFrom(int milliseconds)
    {
        long count = 0;
        for (var i = milliseconds; i < Buckets; i++)
        {
            count += _counts[i];
        }

        return count;
    }
}

namespace KnSock.Simulation.Optimum;

/// <summary>What a link carries over time, known beforehand. After its end it carries nothing.</summary>
internal sealed class Capacity
{
    private const int NearIntervals = 8;

    private readonly double _interval;
    private readonly double[] _bits;

    /// <summary>Takes a capacity for each interval.</summary>
    /// <param name="kbps">Kbit/s, one interval after the other.</param>
    /// <param name="interval">How long each is, seconds.</param>
    public Capacity(IReadOnlyList<double> kbps, double interval)
    {
        _interval = interval;
        _bits = new double[kbps.Count + 1];
        for (var i = 0; i < kbps.Count; i++)
        {
            _bits[i + 1] = _bits[i] + (Math.Max(0, kbps[i]) * 1000 * interval);
        }
    }

    /// <summary>Bits that it carries from the start until a time.</summary>
    public double BitsUntil(double seconds)
    {
        if (seconds <= 0)
        {
            return 0;
        }

        var at = seconds / _interval;
        if (at >= _bits.Length - 1)
        {
            return _bits[^1];
        }

        var index = (int)at;
        return _bits[index] + ((_bits[index + 1] - _bits[index]) * (at - index));
    }

    /// <summary>When so many bits have come that were there to be sent at a time. Positive infinity: never.</summary>
    public double After(double seconds, double bits)
    {
        if (bits <= 0)
        {
            return seconds;
        }

        var sum = BitsUntil(seconds) + bits;
        if (!(sum <= _bits[^1]))
        {
            return double.PositiveInfinity;
        }

        var index = (int)Math.Clamp(seconds / _interval, 0, _bits.Length - 2);
        for (var i = 0; i < NearIntervals && _bits[index + 1] < sum; i++)
        {
            index++;
        }

        index = _bits[index + 1] < sum ? Search(sum) : index;
        return Math.Max(seconds, (index + ((sum - _bits[index]) / (_bits[index + 1] - _bits[index]))) * _interval);
    }

    /// <summary>The interval in which a sum of bits is reached.</summary>
    private int Search(double sum)
    {
        var (low, high) = (0, _bits.Length - 2);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _bits[middle + 1] < sum ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}

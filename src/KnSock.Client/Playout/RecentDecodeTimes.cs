namespace KnSock.Client.Playout;

/// <summary>How long the last pictures of the rung that is being decoded took: by it the server sees whether they are too much for the decoder.</summary>
internal sealed class RecentDecodeTimes
{
    /// <summary>Two seconds of most channels.</summary>
    private const int Most = 60;

    /// <summary>Fewer say little: starting anew takes a decoder longer than going on.</summary>
    private const int Least = 30;

    private readonly double[] _times = new double[Most];
    private readonly double[] _sorted = new double[Most];
    private int _count;

    /// <summary>95th percentile, milliseconds; zero until there are enough.</summary>
    public double P95Ms
    {
        get
        {
            var count = Math.Min(_count, Most);
            if (count < Least)
            {
                return 0;
            }

            Array.Copy(_times, _sorted, count);
            Array.Sort(_sorted, 0, count);
            return _sorted[(int)((count - 1) * 0.95)];
        }
    }

    /// <summary>A picture was decoded.</summary>
    public void Add(TimeSpan time) => _times[_count++ % Most] = time.TotalMilliseconds;

    /// <summary>Another rung begins.</summary>
    public void Reset() => _count = 0;
}

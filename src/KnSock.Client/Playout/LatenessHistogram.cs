namespace KnSock.Client.Playout;

/// <summary>How late units come, in bins of 20 ms, the newest counting most.</summary>
internal sealed class LatenessHistogram
{
    private const int Bins = 500;
    private const double Wanted = 0.97;
    private const double Kept = 0.983;
    private const double KeptInCalm = 0.9;
    private static readonly TimeSpan Width = TimeSpan.FromMilliseconds(20);

    private readonly double[] _shares = new double[Bins];
    private int _count;
    private int _quantile;

    /// <summary>Takes in a lateness.</summary>
    /// <param name="lateness">It.</param>
    /// <param name="isCalm">Whether what was before is to be forgotten soon, because it is over.</param>
    public void Add(TimeSpan lateness, bool isCalm = false)
    {
        // The first ones count alike, or the very first would count for long.
        var kept = Math.Min(isCalm ? KeptInCalm : Kept, (double)_count / (_count + 1));
        _count = Math.Min(_count + 1, 1000);
        foreach (ref var share in _shares.AsSpan())
        {
            share *= kept;
        }

        _shares[(int)Math.Clamp(lateness / Width, 0, Bins - 1)] += 1 - kept;
        _quantile = Find();
    }

    /// <summary>What 97 of 100 do not exceed: the upper end of their bin. Zero while there is none.</summary>
    public TimeSpan Quantile() => Width * _quantile;

    private int Find()
    {
        var sum = 0.0;
        for (var bin = 0; bin < Bins; bin++)
        {
            sum += _shares[bin];
            if (sum >= Wanted)
            {
                return bin + 1;
            }
        }

        return Bins;
    }
}

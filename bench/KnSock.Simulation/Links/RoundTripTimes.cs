namespace KnSock.Simulation.Links;

/// <summary>How long acknowledgements take, and for how long one is waited for (RFC 6298, with the bounds that Linux has).</summary>
/// <param name="first">How long the handshake took.</param>
internal sealed class RoundTripTimes(TimeSpan first)
{
    /// <summary>What is waited beyond the usual at the least.</summary>
    public static readonly TimeSpan LeastMargin = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan LongestTimeout = TimeSpan.FromSeconds(120);

    private TimeSpan _variation = first / 2;
    private int _backoff;

    /// <summary>The shortest.</summary>
    public TimeSpan Least { get; private set; } = first;

    /// <summary>The usual.</summary>
    public TimeSpan Smoothed { get; private set; } = first;

    /// <summary>When all is taken for lost.</summary>
    public TimeSpan Timeout
    {
        get
        {
            var margin = _variation * 4;
            var timeout = (Smoothed + (margin > LeastMargin ? margin : LeastMargin)) * Math.Pow(2, _backoff);
            return timeout < LongestTimeout ? timeout : LongestTimeout;
        }
    }

    /// <summary>An acknowledgement took so long.</summary>
    public void Add(TimeSpan sample)
    {
        Least = sample < Least ? sample : Least;
        _variation = (_variation * 0.75) + ((Smoothed - sample).Duration() * 0.25);
        Smoothed = (Smoothed * 0.875) + (sample * 0.125);
    }

    /// <summary>Something was waited for in vain: the next time it is waited for twice as long.</summary>
    public void BackOff() => _backoff++;

    /// <summary>Something new was acknowledged.</summary>
    public void Recover() => _backoff = 0;
}

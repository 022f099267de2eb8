namespace KnSock.Client.Connection;

/// <summary>Says how long to wait before the next attempt to get a lost connection back: 100 ms, doubling up to 5 s, each a quarter more or less.</summary>
/// <remarks>The spread keeps the viewers of a server that was restarted from coming back all at once.</remarks>
/// <param name="timeout">For how long attempts are made.</param>
/// <param name="seed">Seed of the spread.</param>
internal sealed class ReconnectBackoff(TimeSpan timeout, int seed)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);
    private const double Spread = 0.25;

#pragma warning disable CA5394 // the spread keeps no secret
    private readonly Random _random = new(seed);
    private TimeSpan _next = First;
    private TimeSpan? _lostAt;

    /// <summary>The wait before the next attempt. Null when there is no time left for one.</summary>
    public TimeSpan? Next(TimeSpan now)
    {
        _lostAt ??= now;
        var left = _lostAt.Value + timeout - now;
        if (left <= TimeSpan.Zero)
        {
            return null;
        }

        var wait = _next * (1 + (Spread * ((2 * _random.NextDouble()) - 1)));
        _next = _next * 2 < Longest ? _next * 2 : Longest;
        return wait < left ? wait : left;
    }
#pragma warning restore CA5394

    /// <summary>The connection held: the next loss begins anew.</summary>
    public void Reset() => (_next, _lostAt) = (First, null);
}

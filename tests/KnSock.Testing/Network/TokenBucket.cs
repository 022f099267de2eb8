namespace KnSock.Testing.Network;

/// <summary>Says how long to wait so that no more than a rate goes through. Holds no clock and no lock.</summary>
/// <param name="burst">Bytes that may go at once after a quiet time.</param>
public sealed class TokenBucket(int burst)
{
    private double _tokens = burst;
    private TimeSpan _last;

    /// <summary>Bytes a second; null: no limit.</summary>
    public double? BytesPerSecond { get; private set; }

    /// <summary>Changes the rate from now on.</summary>
    public void SetRate(double? bytesPerSecond, TimeSpan now)
    {
        Fill(now);
        BytesPerSecond = bytesPerSecond;
        // What was owed at the old rate is not paid off at the new one.
        _tokens = Math.Clamp(_tokens, 0, burst);
    }

    /// <summary>Takes bytes. Debt is allowed, and is why the next has to wait.</summary>
    public void Take(int bytes, TimeSpan now)
    {
        Fill(now);
        _tokens -= BytesPerSecond is null ? 0 : bytes;
    }

    /// <summary>For how long to wait until something may go; zero: now.</summary>
    public TimeSpan WaitTime(TimeSpan now)
    {
        Fill(now);
        return BytesPerSecond is { } rate && _tokens < 0 ? TimeSpan.FromSeconds(-_tokens / rate) : TimeSpan.Zero;
    }

    private void Fill(TimeSpan now)
    {
        if (now > _last)
        {
            _tokens = BytesPerSecond is { } rate ? Math.Min(burst, _tokens + (rate * (now - _last).TotalSeconds)) : burst;
            _last = now;
        }
    }
}

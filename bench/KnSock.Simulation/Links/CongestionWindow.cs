namespace KnSock.Simulation.Links;

/// <summary>How many segments may be under way: CUBIC (RFC 9438) with the delay-based end of slow start (HyStart), as Linux has it.</summary>
/// <remarks>It grows only while it is what limits the sender, and shrinks while nothing is sent. Holds no clock.</remarks>
internal sealed class CongestionWindow
{
    /// <summary>RFC 6928.</summary>
    public const int Initial = 10;

    private const double Beta = 0.7;
    private const double C = 0.4;

    /// <summary>Samples of a round that have to agree before slow start ends for delay.</summary>
    private const int SamplesOfRound = 8;

    private static readonly TimeSpan LeastDelay = TimeSpan.FromMilliseconds(4);
    private static readonly TimeSpan MostDelay = TimeSpan.FromMilliseconds(16);

    private double _slowStartUntil = double.MaxValue;
    private double _before;
    private TimeSpan? _epoch;
    private double _origin;
    private double _k;
    private double _reno;
    private int _samples;
    private TimeSpan _leastOfRound;
    private (double Segments, double SlowStartUntil)? _undo;

    /// <summary>Segments.</summary>
    public double Segments { get; private set; } = Initial;

    /// <summary>It doubles with each round trip.</summary>
    public bool IsSlowStart => Segments < _slowStartUntil;

    /// <summary>A round trip's worth begins.</summary>
    public void BeginRound() => (_samples, _leastOfRound) = (0, TimeSpan.MaxValue);

    /// <summary>A segment was acknowledged.</summary>
    /// <param name="roundTrip">How long that took.</param>
    /// <param name="least">How long it took at the least so far.</param>
    /// <param name="isLimiting">Whether the window was what limited the sender.</param>
    /// <param name="now">The present time.</param>
    public void OnAcknowledged(TimeSpan roundTrip, TimeSpan least, bool isLimiting, TimeSpan now)
    {
        if (IsSlowStart)
        {
            LookAtDelay(roundTrip, least);
        }

        if (!isLimiting)
        {
            return;
        }

        if (IsSlowStart)
        {
            Segments = Math.Min(Segments + 1, Math.Max(_slowStartUntil, Segments));
            return;
        }

        Grow(least, now);
    }

    /// <summary>Something was lost that others overtook.</summary>
    public void OnLoss()
    {
        _before = Segments < _before ? Segments * (1 + Beta) / 2 : Segments;
        (_slowStartUntil, _epoch, _undo) = (Math.Max(2, Segments * Beta), null, null);
        Segments = _slowStartUntil;
    }

    /// <summary>Nothing was heard for so long that all is taken for lost.</summary>
    public void OnTimeout()
    {
        if (_undo is null)
        {
            _undo = (Segments, _slowStartUntil);
            _before = Segments;
            _slowStartUntil = Math.Max(2, Segments * Beta);
        }

        (Segments, _epoch) = (1, null);
    }

    /// <summary>It was not lost after all.</summary>
    public void Undo()
    {
        if (_undo is var (segments, until))
        {
            (Segments, _slowStartUntil, _undo) = (Math.Max(Segments, segments), until, null);
        }
    }

    /// <summary>All that was taken for lost has come.</summary>
    public void OnRecovered() => _undo = null;

    /// <summary>Nothing was sent for a time: what the link carries may have changed (RFC 2861).</summary>
    public void OnIdle(TimeSpan idle, TimeSpan timeout)
    {
        var halvings = (int)Math.Min(30, idle / timeout);
        if (halvings > 0)
        {
            _slowStartUntil = _slowStartUntil == double.MaxValue ? double.MaxValue : Math.Max(_slowStartUntil, Segments * 0.75);
            Segments = Math.Max(Math.Min(Segments, Initial), Segments / Math.Pow(2, halvings));
        }

        _epoch += idle;
    }

    private void LookAtDelay(TimeSpan roundTrip, TimeSpan least)
    {
        _leastOfRound = roundTrip < _leastOfRound ? roundTrip : _leastOfRound;
        var margin = TimeSpan.FromTicks(Math.Clamp(least.Ticks / 8, LeastDelay.Ticks, MostDelay.Ticks));
        if (++_samples >= SamplesOfRound && Segments >= 16 && _leastOfRound > least + margin)
        {
            _slowStartUntil = Segments;
        }
    }

    private void Grow(TimeSpan roundTrip, TimeSpan now)
    {
        if (_epoch is not { } epoch)
        {
            _epoch = epoch = now;
            (_origin, _k) = _before > Segments ? (_before, Math.Cbrt((_before - Segments) / C)) : (Segments, 0);
            _reno = Segments;
        }

        var t = (now - epoch + roundTrip).TotalSeconds - _k;
        var target = Math.Min(_origin + (C * t * t * t), Segments * 1.5);
        // As much as Reno would have at the least.
        _reno += 3 * (1 - Beta) / (1 + Beta) / _reno;
        Segments += target > Segments ? (target - Segments) / Segments : 0.01 / Segments;
        Segments = Math.Max(Segments, _reno);
    }
}

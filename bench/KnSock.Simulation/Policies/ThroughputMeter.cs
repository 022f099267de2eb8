using KnSock.Server.Adaptation;

namespace KnSock.Simulation.Policies;

/// <summary>What is taken for a measurement of the link.</summary>
internal enum ThroughputView
{
    /// <summary>
    /// What each GOP took from its first byte to its last, as a player measures that downloads whole segments. When a GOP is sent as it comes into
    /// being, or as room for it comes free, that is its own rate and says nothing of the link.
    /// </summary>
    Deliveries,

    /// <summary>
    /// The same, but GOPs that were sent no faster than they came to be had say only "at least". In their place stands what the server sees of times in which
    /// bytes waited, or how fast the keyframe came, which goes out at once: the measurement that these policies are meant to be given.
    /// </summary>
    Bursts,
}

/// <summary>One measurement of the link.</summary>
/// <param name="BitsPerSecond">The rate.</param>
/// <param name="Seconds">How long was measured.</param>
/// <param name="IsAtLeast">The link may carry more.</param>
internal readonly record struct ThroughputSample(double BitsPerSecond, double Seconds, bool IsAtLeast);

/// <summary>Makes measurements of the link out of deliveries, and out of what the server sees of it.</summary>
/// <param name="view">What is taken for one.</param>
internal sealed class ThroughputMeter(ThroughputView view)
{
    /// <summary>A GOP that took between these shares of its duration at the live edge went out as it came into being.</summary>
    private const double FastestPaced = 0.5, SlowestPaced = 1.15;

    /// <summary>With read-ahead: who has all but so many GOPs is sent one only as room comes free.</summary>
    private const double GopsOfRoom = 1.75;

    /// <summary>No GOP has come for so long while bytes waited: what gets through is measured without waiting for the GOP's end.</summary>
    private static readonly TimeSpan Overdue = TimeSpan.FromSeconds(1);

    private readonly List<GopDelivery> _delivered = [];
    private readonly List<ThroughputSample> _samples = [];
    private TimeSpan? _lastSample;

    /// <summary>The rung of the GOP that came last. Null: none has.</summary>
    public int? LastRung { get; private set; }

    /// <summary>How long the GOP took that came last.</summary>
    public double LastSeconds { get; private set; }

    /// <summary>A GOP has come.</summary>
    public void Add(in GopDelivery delivery)
    {
        _delivered.Add(delivery);
        LastRung = delivery.Rung;
        LastSeconds = Math.Max(0, (delivery.Ended - delivery.Began).TotalSeconds);
    }

    /// <summary>The measurements since the last call, oldest first. Valid until the next call.</summary>
    public IReadOnlyList<ThroughputSample> Take(in SelectorInput input, TimeSpan now)
    {
        _samples.Clear();
        foreach (var delivery in _delivered)
        {
            if (delivery.Bytes > 0)
            {
                _samples.Add(Sample(delivery, input));
            }
        }

        _delivered.Clear();
        _lastSample ??= now;
        if (_samples.Count > 0)
        {
            _lastSample = now;
        }
        else if (view == ThroughputView.Bursts && now - _lastSample >= Overdue
            && input.Link is { IsCapacity: true, BitsPerSecond: { } rate } && input.Link.Busy >= Overdue)
        {
            _samples.Add(new ThroughputSample(Math.Max(rate, 1), Overdue.TotalSeconds, IsAtLeast: false));
            _lastSample = now;
        }

        return _samples;
    }

    private ThroughputSample Sample(in GopDelivery delivery, in SelectorInput input)
    {
        var seconds = Math.Max((delivery.Ended - delivery.Began).TotalSeconds, 0.001);
        var rate = delivery.Bytes * 8 / seconds;
        if (view == ThroughputView.Deliveries || !IsPaced(delivery, seconds, input))
        {
            return new ThroughputSample(rate, seconds, IsAtLeast: false);
        }

        var burst = delivery.Keyframe is { Bytes: > 0 } keyframe && keyframe.Took > TimeSpan.Zero ? keyframe.Bytes * 8 / keyframe.Took.TotalSeconds : (double?)null;
        return ((input.Link.IsCapacity ? input.Link.BitsPerSecond : null) ?? burst) is { } capacity
            ? new ThroughputSample(Math.Max(capacity, rate), seconds, IsAtLeast: false)
            : new ThroughputSample(Math.Max(input.Link.BitsPerSecond ?? 0, rate), seconds, IsAtLeast: true);
    }

    private static bool IsPaced(in GopDelivery delivery, double seconds, in SelectorInput input)
    {
        var duration = Math.Max(delivery.Duration.TotalSeconds, 0.001);
        return input.IsAtLiveEdge
            ? seconds >= FastestPaced * duration && seconds <= SlowestPaced * duration
            : input.Buffer.TotalSeconds >= input.MaxBuffer.TotalSeconds - (GopsOfRoom * duration);
    }
}

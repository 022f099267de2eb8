using KnSock.Server.Adaptation;

namespace KnSock.Simulation.Policies;

/// <summary>dash.js's DYNAMIC: by throughput while the buffer is low, by BOLA when it is not.</summary>
/// <remarks>
/// Spiteri, Sitaraman, Sparacio, MMSys 2018, and dash.js: it begins by throughput (0.9 of the mean of the last 4 GOPs, 3 at the live edge), goes over to BOLA when there are
/// 10 s in the buffer and BOLA sends no less, and back when there are not and BOLA sends less. The insufficient-buffer rule holds for both. The
/// abandon-request rule gives a GOP up after 0.5 s when it will take 1.8 times its duration; here that asks for a rung that the link carries, with which
/// the sender begins the GOP again where it can.
/// The 10 s are a share of the buffer there is (10 of the 22 s that BOLA's target is for six rungs).
/// </remarks>
internal sealed class DynamicSelector(DynamicOptions options, int initialRung) : BaselineSelector(initialRung), IDeliveryListener
{
    private const int LiveSamples = 3, Samples = 4;
    private const double Grace = 0.5, AbandonMultiplier = 1.8;

    private readonly BolaSelector _bola = new(options.Bola, initialRung);
    private readonly ThroughputMeter _meter = new(options.View);
    private RecentThroughput? _recent;
    private bool _usesBola;

    /// <summary>BOLA chooses.</summary>
    public bool UsesBola => _usesBola;

    /// <inheritdoc/>
    public void OnDelivered(in GopDelivery delivery)
    {
        _meter.Add(delivery);
        _bola.OnDelivered(delivery);
    }

    /// <inheritdoc/>
    protected override Choice Choose(in SelectorInput input, TimeSpan now)
    {
        _recent ??= new RecentThroughput(input.IsAtLiveEdge ? LiveSamples : Samples);
        foreach (var sample in _meter.Take(input, now))
        {
            _recent.Add(sample);
        }

        var reason = _bola.Update(input, now)?.Reason ?? "BOLA's choice";
        var byThroughput = _recent.Mean is { } mean ? Offer.Highest(input.Rates, mean * options.SafetyFactor) : Rung;
        if (_recent.Mean is { } throughput)
        {
            byThroughput = Math.Min(byThroughput, InsufficientBuffer.Highest(input, throughput, options.Bola.InsufficientBufferFactor, GopSeconds(input)));
        }

        var isLow = input.Buffer.TotalSeconds < options.Threshold * input.MaxBuffer.TotalSeconds;
        _usesBola = _usesBola ? !isLow || _bola.Rung >= byThroughput : !isLow && _bola.Rung >= byThroughput;
        var choice = _usesBola
            ? new Choice(_bola.Rung, reason)
            : new Choice(byThroughput, _recent.Mean is { } known ? $"the throughput is {Kbps(known)}" : "nothing is known of the link yet");
        return Abandon(input) is { } abandoned && abandoned.Rung < choice.Rung ? abandoned : choice;
    }

    private Choice? Abandon(in SelectorInput input)
    {
        if (Before(input) == 0 || input.Link is not { IsCapacity: true, BitsPerSecond: { } rate } || input.Link.Busy.TotalSeconds < Grace
            || input.Buffer.TotalSeconds >= options.Threshold * input.MaxBuffer.TotalSeconds
            || input.Rates[Before(input)] < rate * AbandonMultiplier)
        {
            return null;
        }

        return new Choice(Offer.Highest(input.Rates, rate * options.SafetyFactor), $"the GOP under way takes too long at {Kbps(rate)}");
    }
}

/// <summary>Parameters of <see cref="DynamicSelector"/>.</summary>
internal sealed record DynamicOptions
{
    /// <summary>Share of the throughput that a rung may need.</summary>
    public double SafetyFactor { get; init; } = 0.9;

    /// <summary>Share of the buffer from which on BOLA may choose.</summary>
    public double Threshold { get; init; } = 10.0 / 22;

    /// <summary>BOLA's parameters.</summary>
    public BolaOptions Bola { get; init; } = new();

    /// <summary>What is taken for the throughput.</summary>
    public ThroughputView View { get; init; } = ThroughputView.Bursts;
}

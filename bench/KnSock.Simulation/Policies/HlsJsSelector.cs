using KnSock.Protocol.Messages;
using KnSock.Server.Adaptation;

namespace KnSock.Simulation.Policies;

/// <summary>hls.js: the highest rung below a share of the lower of two moving averages of the throughput.</summary>
/// <remarks>
/// Its AbrController and EwmaBandWidthEstimator (public documentation: abrEwmaFast 3, abrEwmaSlow 9, abrBandWidthFactor 0.95, abrBandWidthUpFactor 0.7, abrEwmaDefaultEstimate
/// 500 kbit/s, maxStarvationDelay 4 s): a rung not above the present one may need 0.95 of the estimate, a higher one 0.7, and its segment must come before the
/// buffer runs dry; if none does, before it has been dry for min(segment, 4 s), else the lowest. For live streams that second condition is left out, there as here.
/// A segment that has been under way for half its duration, will come after the buffer runs dry, and would be followed sooner by one of a lower rung, is given up
/// (with less than two segments in the buffer); its part counts as a measurement.
/// hls.js fetches whole segments and stays three of them behind the live edge. Closer than a segment it plays what it cannot play there: the conditions on whole
/// segments are asked of what is under way instead.
/// </remarks>
internal sealed class HlsJsSelector(HlsJsOptions options, int initialRung) : BaselineSelector(initialRung), IDeliveryListener
{
    private const double MaxStarvationSeconds = 4, EmergencyShare = 0.8, GopsThatAreSafe = 2;

    private readonly ThroughputMeter _meter = new(options.View);
    private readonly DualEwma _estimate = new(options.FastHalfLife, options.SlowHalfLife, options.DefaultEstimate);
    private TimeSpan? _abandoned;

    /// <inheritdoc/>
    public void OnDelivered(in GopDelivery delivery) => _meter.Add(delivery);

    /// <inheritdoc/>
    protected override Choice Choose(in SelectorInput input, TimeSpan now)
    {
        foreach (var sample in _meter.Take(input, now))
        {
            if (!sample.IsAtLeast || sample.BitsPerSecond > _estimate.BitsPerSecond || !_estimate.IsKnown)
            {
                _estimate.Add(sample.BitsPerSecond, sample.Seconds);
            }
        }

        if (!_estimate.IsKnown)
        {
            return new Choice(Rung, "nothing is known of the link yet");
        }

        var gop = GopSeconds(input);
        if (Emergency(input, now, gop) is { } emergency)
        {
            return emergency;
        }

        var buffer = Math.Max(0, input.Buffer.TotalSeconds);
        var rung = Highest(input, gop, buffer) ?? Highest(input, gop, buffer + Math.Min(gop, MaxStarvationSeconds)) ?? 0;
        return new Choice(rung, $"the throughput is {Kbps(_estimate.BitsPerSecond)} (fast {Kbps(_estimate.Fast)}, slow {Kbps(_estimate.Slow)}), the buffer {Seconds(buffer)}");
    }

    private int? Highest(in SelectorInput input, double gop, double longest)
    {
        var present = _meter.LastRung ?? Before(input);
        for (var rung = input.Rates.Count - 1; rung >= 0; rung--)
        {
            var usable = _estimate.BitsPerSecond * (rung <= present ? options.Factor : options.UpFactor);
            if (usable > input.Rates[rung] && (input.IsAtLiveEdge || input.Rates[rung] * gop / usable < longest))
            {
                return rung;
            }
        }

        return null;
    }

    private Choice? Emergency(in SelectorInput input, TimeSpan now, double gop)
    {
        var buffer = Math.Max(0, input.Buffer.TotalSeconds);
        if (Before(input) == 0 || input.State != PlayoutState.Playing || input.Link is not { IsCapacity: true, BitsPerSecond: { } rate }
            || input.Link.Busy.TotalSeconds <= gop / 2 || buffer >= GopsThatAreSafe * gop)
        {
            return null;
        }

        rate = Math.Max(rate, 1);
        var rest = Math.Max(input.UnderWay * 8 / rate, input.Rates[Before(input)] * gop / rate - input.Link.Busy.TotalSeconds);
        if (rest <= buffer)
        {
            return null;
        }

        var lower = Before(input) - 1;
        while (lower > 0 && input.Rates[lower] * gop / (EmergencyShare * rate) >= buffer)
        {
            lower--;
        }

        if (input.Rates[lower] * gop / (EmergencyShare * rate) >= rest)
        {
            return null;
        }

        if (_abandoned is not { } at || (now - at).TotalSeconds >= gop)
        {
            _estimate.Add(rate, Math.Min(input.Link.Busy.TotalSeconds, gop));
            _abandoned = now;
        }

        return new Choice(lower, $"what is under way takes {Seconds(rest)} more at {Kbps(rate)}, the buffer lasts {Seconds(buffer)}");
    }
}

/// <summary>Parameters of <see cref="HlsJsSelector"/>.</summary>
internal sealed record HlsJsOptions
{
    /// <summary>Half-life of the faster average, seconds of measurement.</summary>
    public double FastHalfLife { get; init; } = 3;

    /// <summary>Half-life of the slower average, seconds of measurement.</summary>
    public double SlowHalfLife { get; init; } = 9;

    /// <summary>Share of the estimate that the present rung or a lower one may need.</summary>
    public double Factor { get; init; } = 0.95;

    /// <summary>Share of the estimate that a higher rung may need.</summary>
    public double UpFactor { get; init; } = 0.7;

    /// <summary>The estimate before there is one, bit/s.</summary>
    public double DefaultEstimate { get; init; } = 500_000;

    /// <summary>What is taken for the throughput.</summary>
    public ThroughputView View { get; init; } = ThroughputView.Bursts;
}

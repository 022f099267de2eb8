using KnSock.Server.Adaptation;

namespace KnSock.Simulation.Policies;

/// <summary>A rule like that of Google Congestion Control: a target rate that grows until delay does.</summary>
/// <remarks>
/// draft-ietf-rmcat-gcc-02; Carlucci et al., MMSys 2016: when the trend of the delay is above a threshold, the target is 0.85 of what is received; while delays shrink,
/// it stays; otherwise it grows by 8 % a second, to 1.5 times what is received at most. The highest rung below the target is sent.
/// Time stamps of packets are not to be had over TCP: the delay is what is under way over what is received, less the lead of what is sent next, and its trend is looked at only
/// while bytes wait, once a report, ten times a second; so the window is 10 reports (20 groups of packets there) and the threshold a slope: 12.5 ms over 60 groups with gain 4 is
/// 5 %. The threshold does not adapt. Less than the lowest rung is never aimed at, since it is sent anyway.
/// With read-ahead the lead grows while the buffer fills. That is no queue that drains, so the target grows then, too; it shrinks when the lead does,
/// with bytes waiting: when the link carries less than the rung.
/// </remarks>
internal sealed class GccSelector(GccOptions options, int initialRung) : BaselineSelector(initialRung), IDeliveryListener
{
    private const int Window = 10, LeastValues = 4;
    private const double LongestStep = 1, AboveTop = 1.5;

    /// <summary>After a decrease the next is not before its effect can be seen.</summary>
    private static readonly TimeSpan Response = TimeSpan.FromMilliseconds(300);

    private readonly DelayTrend _trend = new(Window, LeastValues);
    private double? _target;
    private double _delivered;
    private TimeSpan? _last;
    private TimeSpan? _decreased;

    /// <summary>The target rate, bit/s. Null: nothing was seen yet.</summary>
    public double? Target => _target;

    /// <inheritdoc/>
    public void OnDelivered(in GopDelivery delivery) =>
        _delivered = delivery.Bytes * 8 / Math.Max((delivery.Ended - delivery.Began).TotalSeconds, 0.001);

    /// <inheritdoc/>
    protected override Choice Choose(in SelectorInput input, TimeSpan now)
    {
        var received = Received(input);
        var target = _target ?? input.Rates[Math.Clamp(Rung, 0, input.Rates.Count - 1)];
        var elapsed = _last is { } last ? Math.Clamp((now - last).TotalSeconds, 0, LongestStep) : 0;
        _last = now;
        string reason;
        if (IsOverused(input, now, received))
        {
            if (_decreased is not { } at || now - at >= Response)
            {
                target = Math.Min(target, options.Decrease * received);
                _decreased = now;
                _trend.Clear();
            }

            reason = $"the delay grows, {Kbps(received)} are received";
        }
        else if (_trend.Slope < -options.Threshold && input.IsAtLiveEdge)
        {
            reason = "queues drain";
        }
        else
        {
            var most = options.ReceivedCap * received;
            target = target >= most ? target : Math.Min(most, target * Math.Pow(options.GrowthPerSecond, elapsed));
            reason = $"the delay does not grow, {Kbps(received)} are received";
        }

        _target = Math.Clamp(target, input.Rates[0], input.Rates[^1] * AboveTop);
        return new Choice(Offer.Highest(input.Rates, _target.Value), $"the target is {Kbps(_target.Value)}: {reason}");
    }

    private bool IsOverused(in SelectorInput input, TimeSpan now, double received)
    {
        if (input.Link.Busy == TimeSpan.Zero)
        {
            _trend.Clear();
            return false;
        }

        _trend.Add(now.TotalSeconds, (input.UnderWay * 8 / received) - input.Lead.TotalSeconds);
        return _trend.Slope > options.Threshold;
    }

    /// <summary>What is received, as far as is known: what the link carries while bytes wait, otherwise what was sent.</summary>
    private double Received(in SelectorInput input) => Math.Max(1, input.Link is { IsCapacity: true, BitsPerSecond: { } rate }
        ? rate
        : Math.Max(input.Rates[Before(input)], Math.Max(input.Link.BitsPerSecond ?? 0, _delivered)));
}

/// <summary>Parameters of <see cref="GccSelector"/>.</summary>
internal sealed record GccOptions
{
    /// <summary>On overuse: the share of what is received that is aimed at.</summary>
    public double Decrease { get; init; } = 0.85;

    /// <summary>Otherwise: by what the target grows in a second.</summary>
    public double GrowthPerSecond { get; init; } = 1.08;

    /// <summary>The target is no higher than so many times what is received.</summary>
    public double ReceivedCap { get; init; } = 1.5;

    /// <summary>Seconds of delay per second that are too many.</summary>
    public double Threshold { get; init; } = 0.05;
}

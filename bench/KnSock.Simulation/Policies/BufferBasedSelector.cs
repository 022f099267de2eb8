using KnSock.Protocol.Messages;
using KnSock.Server.Adaptation;

namespace KnSock.Simulation.Policies;

/// <summary>Goes by the buffer alone: the fuller it is, the larger the GOPs that are allowed.</summary>
/// <remarks>
/// Huang, Johari, McKeown, Trunnell, Watson: A Buffer-Based Approach to Rate Adaptation, SIGCOMM 2014. The map from buffer to size of a chunk (BBA-1),
/// a rung that is kept until the map passes the next one's size (algorithm 1), a reservoir that grows by what the next chunks of the lowest
/// rung take beyond its rate (BBA-1, over the GOPs that are known here instead of twice the buffer), and the start-up phase of BBA-2, which goes up a rung
/// with each chunk that came 8 times (empty buffer) to 2 times (full cushion) faster than it plays.
/// Reservoir and cushion are shares of the buffer there is, since 90 of 240 s cannot be had. At the live edge that buffer is the target delay and the
/// start-up phase is left out: what comes into being in real time cannot come faster.
/// </remarks>
internal sealed class BufferBasedSelector(BufferBasedOptions options, int initialRung) : BaselineSelector(initialRung), IDeliveryListener
{
    private const double FastestNeeded = 0.875, SlowestNeeded = 0.5;

    private readonly List<GopDelivery> _delivered = [];
    private bool _isStartUp = true;
    private int? _startUpRung;

    /// <inheritdoc/>
    public void OnDelivered(in GopDelivery delivery)
    {
        if (_isStartUp)
        {
            _delivered.Add(delivery);
        }
    }

    /// <inheritdoc/>
    protected override Choice Choose(in SelectorInput input, TimeSpan now)
    {
        var map = BufferMap.Of(options, input, GopSeconds(input));
        var buffer = Math.Max(0, input.Buffer.TotalSeconds);
        var mapped = map.Choose(buffer, Before(input));
        if (_isStartUp && StartUp(input, map, buffer, mapped) is { } rung)
        {
            return new Choice(rung, $"start-up: the last GOP came fast enough for rung {rung}");
        }

        return new Choice(mapped, buffer <= map.Reservoir
            ? $"a buffer of {Seconds(buffer)} is within the reservoir of {Seconds(map.Reservoir)}"
            : $"a buffer of {Seconds(buffer)} allows GOPs of {map.Allowed(buffer) / 1000:0} kB");
    }

    /// <summary>The rung of the start-up phase; null once it is over.</summary>
    private int? StartUp(in SelectorInput input, BufferMap map, double buffer, int mapped)
    {
        var rung = _startUpRung ?? Rung;
        foreach (var delivery in _delivered)
        {
            var duration = delivery.Duration.TotalSeconds;
            var gained = duration - (delivery.Ended - delivery.Began).TotalSeconds;
            var fill = Math.Clamp(buffer / map.CushionEnd, 0, 1);
            _isStartUp &= gained >= 0;
            rung = gained > duration * (FastestNeeded + ((SlowestNeeded - FastestNeeded) * fill)) ? Math.Max(rung, delivery.Rung + 1) : rung;
        }

        _delivered.Clear();
        rung = Math.Min(rung, input.Rates.Count - 1);
        _startUpRung = rung;
        _isStartUp &= !input.IsAtLiveEdge && mapped <= rung && input.State != PlayoutState.Stalled;
        return _isStartUp ? rung : null;
    }
}

/// <summary>Parameters of <see cref="BufferBasedSelector"/>.</summary>
internal sealed record BufferBasedOptions
{
    /// <summary>Share of the buffer below which only the lowest rung is sent.</summary>
    public double ReservoirShare { get; init; } = 0.25;

    /// <summary>Share of the buffer from which on the highest rung is sent. Read-ahead comes in batches of an eighth, so 0.9 is not held.</summary>
    public double CushionEndShare { get; init; } = 0.8;
}

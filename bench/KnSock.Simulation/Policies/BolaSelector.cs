using KnSock.Protocol.Messages;
using KnSock.Server.Adaptation;

namespace KnSock.Simulation.Policies;

/// <summary>BOLA-E: the rung with the best score at the level of the buffer, by throughput until there is one.</summary>
/// <remarks>
/// BOLA: see <see cref="BolaScore"/>. BOLA-E (Spiteri, Sitaraman, Sparacio: From Theory to Practice, MMSys 2018; dash.js): a placeholder, media that one
/// takes to be there, brings the level to where BOLA sends what the throughput was good for at the end of the start-up, grows by the time in which nothing could be
/// sent, shrinks where it would make BOLA wait, and is gone after a stall; the insufficient-buffer rule takes no rung that does not come within half of what is
/// left. BOLA-O, an option: no step up to a rung above the throughput.
/// The levels are shares of the buffer there is (10 and 22 s in dash.js). The sender never waits by itself, it has none of BOLA's delays, and a level beyond the
/// target just means the top. At the live edge nothing fills the target delay further: the placeholder takes its part, with levels of a few seconds
/// (<see cref="BolaOptions.VirtualBuffer"/>), or, with none, the target delay is the buffer that is mapped. The insufficient-buffer rule asks there for a share of
/// the target delay instead of for whole GOPs, since pictures play while their GOP still comes.
/// </remarks>
internal sealed class BolaSelector(BolaOptions options, int initialRung) : BaselineSelector(initialRung), IDeliveryListener
{
    private const double SafetyFactor = 0.9, LiveLevel = 0.5, GopsAfterStartUp = 2;
    private const int Samples = 3;

    private readonly ThroughputMeter _meter = new(options.View);
    private readonly RecentThroughput _recent = new(Samples);
    private (double Scale, BolaScore Score)? _score;
    private double _placeholder;
    private bool _isStartUp = true;
    private TimeSpan? _last;

    /// <summary>Seconds of media that are taken to be there beside the buffer.</summary>
    public double Placeholder => _placeholder;

    /// <inheritdoc/>
    public void OnDelivered(in GopDelivery delivery) => _meter.Add(delivery);

    /// <inheritdoc/>
    protected override Choice Choose(in SelectorInput input, TimeSpan now)
    {
        foreach (var sample in _meter.Take(input, now))
        {
            _recent.Add(sample);
        }

        var score = Score(input);
        var buffer = Math.Max(0, input.Buffer.TotalSeconds);
        var waited = input.Link.Busy == TimeSpan.Zero && _last is { } last ? Math.Max(0, (now - last).TotalSeconds) : 0;
        _last = now;
        return _isStartUp ? StartUp(input, score, buffer) : Steady(input, score, buffer, waited);
    }

    private Choice StartUp(in SelectorInput input, BolaScore score, double buffer)
    {
        if (_recent.HarmonicMean is not { } throughput)
        {
            return new Choice(Rung, "nothing is known of the link yet");
        }

        var rung = Offer.Highest(input.Rates, throughput * SafetyFactor);
        var enough = input.IsAtLiveEdge ? LiveLevel * input.MaxBuffer.TotalSeconds : Math.Min(GopsAfterStartUp * GopSeconds(input), input.MaxBuffer.TotalSeconds / 2);
        if (buffer >= enough)
        {
            _isStartUp = false;
            _placeholder = Math.Max(0, score.LeastLevelFor(rung) - buffer);
        }

        return new Choice(rung, $"start-up: the throughput is {Kbps(throughput)}");
    }

    private Choice Steady(in SelectorInput input, BolaScore score, double buffer, double waited)
    {
        var isDry = input.State == PlayoutState.Stalled || buffer <= 0;
        _placeholder = isDry ? 0 : _placeholder + waited;
        var level = buffer + _placeholder;
        var rung = score.Best(level);
        var reason = $"best at a level of {Seconds(level)}, of which {Seconds(_placeholder)} are not there";
        if (options.AvoidsOscillation && rung > Before(input) && _recent.HarmonicMean is { } sustained && Offer.Highest(input.Rates, sustained) < rung)
        {
            rung = Math.Max(Offer.Highest(input.Rates, sustained), Before(input));
            reason += $"; no higher than the throughput of {Kbps(sustained)}";
        }

        if (_recent.HarmonicMean is { } throughput)
        {
            var safe = InsufficientBuffer.Highest(input, throughput, options.InsufficientBufferFactor, GopSeconds(input));
            (rung, reason) = safe < rung ? (safe, $"the buffer of {Seconds(buffer)} is too little for more at {Kbps(throughput)}") : (rung, reason);
        }

        _placeholder = Math.Max(0, Math.Min(_placeholder, score.MostLevelFor(rung) - buffer));
        return new Choice(rung, reason);
    }

    private BolaScore Score(in SelectorInput input)
    {
        var scale = Math.Max(input.MaxBuffer.TotalSeconds, input.IsAtLiveEdge ? options.VirtualBuffer.TotalSeconds : 0);
        scale = Math.Max(scale, 0.001) * options.TargetShare;
        if (_score?.Scale != scale)
        {
            _score = (scale, new BolaScore(input.Rates, scale * options.MinimumShare, scale));
        }

        return _score.Value.Score;
    }
}

/// <summary>Parameters of <see cref="BolaSelector"/>.</summary>
internal sealed record BolaOptions
{
    /// <summary>Share of the buffer at which the score of the highest rung comes to nothing. Read-ahead comes in batches of an eighth, so 1 is not held.</summary>
    public double TargetShare { get; init; } = 0.9;

    /// <summary>Share of the target at which the score of the lowest rung comes to nothing: 10 s of 22 s in dash.js with six rungs.</summary>
    public double MinimumShare { get; init; } = 10.0 / 22;

    /// <summary>At the live edge: the buffer, most of it placeholder, that BOLA goes by. Zero: it goes by the target delay.</summary>
    public TimeSpan VirtualBuffer { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>Share of what is left of the buffer within which a GOP must come.</summary>
    public double InsufficientBufferFactor { get; init; } = 0.5;

    /// <summary>Takes no step up to a rung above the throughput (BOLA-O).</summary>
    public bool AvoidsOscillation { get; init; }

    /// <summary>What is taken for the throughput.</summary>
    public ThroughputView View { get; init; } = ThroughputView.Bursts;
}

using KnSock.Server.Adaptation;
using KnSock.Simulation.Results;

namespace KnSock.Simulation.Policies;

/// <summary>RobustMPC: plans the next five GOPs for a throughput that it takes to be as low as it has erred lately, and sends the first.</summary>
/// <remarks>
/// Yin, Jindal, Sekar, Sinopoli: A Control-Theoretic Approach for Dynamic Adaptive Video Streaming over HTTP, SIGCOMM 2015. Predicted is the harmonic mean of the
/// last five measurements, divided by one plus the largest relative error of the last five predictions. What is maximized is what runs are judged by here:
/// logarithmic utility, a stall costs as much as the highest rung is worth, a change of utility a half.
/// The plan begins with what will be in the buffer when what is under way has come. At the live edge media come no faster than they come into being and play while
/// they come, so the paper's "a chunk plays when it is whole" would be a stall each second; there the balance over a GOP and its keyframe decide.
/// </remarks>
internal sealed class RobustMpcSelector(RobustMpcOptions options, int initialRung) : BaselineSelector(initialRung), IDeliveryListener
{
    /// <summary>A buffer that has changed by less asks for no other plan, seconds.</summary>
    private const double SameBuffer = 0.02;

    private readonly ThroughputMeter _meter = new(options.View);
    private readonly RecentThroughput _recent = new(options.Samples);
    private readonly List<double> _errors = [];
    private HorizonSearch? _search;
    private Known? _known;
    private (int Rung, double Value) _plan;

    /// <summary>The throughput that it plans for, bit/s. Null: nothing was measured.</summary>
    public double? Predicted => _recent.HarmonicMean is { } mean ? mean / (1 + (options.IsRobust ? _errors.DefaultIfEmpty().Max() : 0)) : null;

    /// <inheritdoc/>
    public void OnDelivered(in GopDelivery delivery) => _meter.Add(delivery);

    /// <inheritdoc/>
    protected override Choice Choose(in SelectorInput input, TimeSpan now)
    {
        foreach (var sample in _meter.Take(input, now))
        {
            Learn(sample);
        }

        if (Predicted is not { } throughput)
        {
            return new Choice(Rung, "nothing is known of the link yet");
        }

        var buffer = Math.Max(0, input.Buffer.TotalSeconds);
        buffer = Math.Max(buffer, Math.Max(buffer, input.Lead.TotalSeconds) - (input.UnderWay * 8 / throughput));
        var known = new Known(throughput, Before(input), input.Next is { Count: > 0 } next ? next[0].Bytes.Sum() : 0, buffer);
        if (_known is not { } before || !known.IsSameAs(before))
        {
            _known = known;
            _search ??= Search(input.Rates);
            _plan = _search.Best(Gops(input, throughput), buffer, Math.Max(input.MaxBuffer.TotalSeconds, 0.001), known.Before, input.IsAtLiveEdge);
        }

        return new Choice(_plan.Rung, $"best over {options.Horizon} GOPs at {Kbps(throughput)} with {Seconds(buffer)} in the buffer");
    }

    private void Learn(in ThroughputSample sample)
    {
        var predicted = _recent.HarmonicMean;
        if (_recent.Add(sample) && predicted is { } rate && !sample.IsAtLeast)
        {
            _errors.Add(Math.Abs(rate - sample.BitsPerSecond) / Math.Max(sample.BitsPerSecond, 1));
            if (_errors.Count > options.Samples)
            {
                _errors.RemoveAt(0);
            }
        }
    }

    private HorizonSearch Search(IReadOnlyList<double> rates)
    {
        double[] utilities = [.. rates.Select(r => Math.Log(r / rates[0]))];
        return new HorizonSearch(utilities, options.StallFactor * utilities[^1], Quality.ChangeWeight);
    }

    private HorizonGop[] Gops(in SelectorInput input, double throughput)
    {
        var gops = new HorizonGop[options.Horizon];
        var (rates, known, seconds) = (input.Rates, input.Next ?? [], GopSeconds(input));
        for (var i = 0; i < gops.Length; i++)
        {
            gops[i] = i < known.Count
                ? new(known[i].Duration.TotalSeconds, [.. known[i].Bytes.Select(b => b * 8 / throughput)], [.. known[i].KeyframeBytes.Select(b => b * 8 / throughput)])
                : new(seconds, [.. rates.Select(r => r * seconds / throughput)], new double[rates.Count]);
        }

        return gops;
    }

    /// <summary>What a plan was made from.</summary>
    private readonly record struct Known(double Throughput, int Before, long Next, double Buffer)
    {
        public bool IsSameAs(in Known other) => other with { Buffer = Buffer } == this && Math.Abs(Buffer - other.Buffer) < SameBuffer;
    }
}

/// <summary>Parameters of <see cref="RobustMpcSelector"/>.</summary>
internal sealed record RobustMpcOptions
{
    /// <summary>How many GOPs it plans.</summary>
    public int Horizon { get; init; } = 5;

    /// <summary>How many measurements, and errors, it goes by.</summary>
    public int Samples { get; init; } = 5;

    /// <summary>By how much more stalls cost than the highest rung is worth.</summary>
    public double StallFactor { get; init; } = 1;

    /// <summary>Takes its errors into account.</summary>
    public bool IsRobust { get; init; } = true;

    /// <summary>What is taken for the throughput.</summary>
    public ThroughputView View { get; init; } = ThroughputView.Bursts;
}

using KnSock.Server.Adaptation;

namespace KnSock.Simulation.Policies;

/// <summary>The rule of the system that this one follows: once a second, a rung down where the buffer is below 0.1 s, a rung up where it is above 0.3 s.</summary>
/// <remarks>
/// Thresholds in seconds are the original; with a target delay of 200 ms they never let it up, with read-ahead nearly always. So there are variants with shares of
/// the buffer there is.
/// </remarks>
internal sealed class ThresholdSelector(ThresholdOptions options, int initialRung) : BaselineSelector(initialRung)
{
    private TimeSpan? _last;

    /// <inheritdoc/>
    protected override Choice Choose(in SelectorInput input, TimeSpan now)
    {
        _last ??= now;
        if (now - _last < options.Interval)
        {
            return new Choice(Rung, "the last look was not long ago");
        }

        _last = now;
        var (buffer, max) = (input.Buffer.TotalSeconds, input.MaxBuffer.TotalSeconds);
        var low = options.LowShare is { } lowShare ? lowShare * max : options.Low.TotalSeconds;
        var high = options.HighShare is { } highShare ? highShare * max : options.High.TotalSeconds;
        if (buffer < low)
        {
            return new Choice(Math.Max(0, Rung - 1), $"the buffer of {Seconds(buffer)} is below {Seconds(low)}");
        }

        return buffer > high
            ? new Choice(Math.Min(Rung + 1, input.Rates.Count - 1), $"the buffer of {Seconds(buffer)} is above {Seconds(high)}")
            : new Choice(Rung, "the buffer is between the thresholds");
    }
}

/// <summary>Parameters of <see cref="ThresholdSelector"/>.</summary>
internal sealed record ThresholdOptions
{
    /// <summary>Below this buffer: a rung down.</summary>
    public TimeSpan Low { get; init; } = TimeSpan.FromSeconds(0.1);

    /// <summary>Above this buffer: a rung up.</summary>
    public TimeSpan High { get; init; } = TimeSpan.FromSeconds(0.3);

    /// <summary>In place of <see cref="Low"/>: a share of the buffer there is.</summary>
    public double? LowShare { get; init; }

    /// <summary>In place of <see cref="High"/>: a share of the buffer there is.</summary>
    public double? HighShare { get; init; }

    /// <summary>How often it looks.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(1);
}

namespace KnSock.Testing.LipSync;

/// <summary>How far picture and sound are apart, from the flashes seen and the beeps heard.</summary>
public sealed record LipSyncReport
{
    private static readonly TimeSpan Reach = TimeSpan.FromMilliseconds(400);

    /// <summary>For each flash with its beep, how much later the flash was; negative: earlier.</summary>
    public required IReadOnlyList<TimeSpan> Skews { get; init; }

    /// <summary>Flashes without a beep nearby.</summary>
    public required int LonelyFlashes { get; init; }

    /// <summary>Beeps without a flash nearby.</summary>
    public required int LonelyBeeps { get; init; }

    /// <summary>Mean skew, milliseconds.</summary>
    public double MeanMs => Skews.Count == 0 ? double.NaN : Skews.Average(s => s.TotalMilliseconds);

    /// <summary>Largest distance, milliseconds.</summary>
    public double WorstMs => Percentile(1);

    /// <summary>95th percentile of the distance, milliseconds.</summary>
    public double P95Ms => Percentile(0.95);

    /// <summary>Pairs each flash with the nearest beep within 0.4 s.</summary>
    public static LipSyncReport Of(IReadOnlyList<TimeSpan> flashes, IReadOnlyList<TimeSpan> beeps)
    {
        var left = beeps.Order().ToList();
        var skews = new List<TimeSpan>();
        foreach (var flash in flashes.Order())
        {
            var nearest = left.Count == 0 ? (TimeSpan?)null : left.MinBy(b => (flash - b).Duration());
            if (nearest is { } beep && (flash - beep).Duration() <= Reach)
            {
                skews.Add(flash - beep);
                left.Remove(beep);
            }
        }

        return new LipSyncReport { Skews = skews, LonelyFlashes = flashes.Count - skews.Count, LonelyBeeps = left.Count };
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Skews.Count} pairs, mean {MeanMs:0.0} ms, p95 {P95Ms:0.0} ms, worst {WorstMs:0.0} ms; {LonelyFlashes} flashes and {LonelyBeeps} beeps alone";

    private double Percentile(double share)
    {
        var distances = Skews.Select(s => Math.Abs(s.TotalMilliseconds)).Order().ToList();
        return distances.Count == 0 ? double.NaN : distances[Math.Min(distances.Count - 1, (int)Math.Ceiling(share * distances.Count) - 1)];
    }
}

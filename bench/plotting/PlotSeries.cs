namespace KnSock.Plotting;

/// <summary>A line with markers.</summary>
internal sealed record PlotSeries
{
    /// <summary>Its name in the legend.</summary>
    public required string Name { get; init; }

    /// <summary>Its points, in any order.</summary>
    public required IReadOnlyList<PlotPoint> Points { get; init; }

    /// <summary>Which colour; the same for series that belong together.</summary>
    public int Color { get; init; }

    /// <summary>Whether the line is broken, as for what is there to compare with.</summary>
    public bool IsDashed { get; init; }
}

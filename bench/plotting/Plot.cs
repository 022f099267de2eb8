namespace KnSock.Plotting;

/// <summary>What is drawn: figures over something that grows.</summary>
internal sealed record Plot
{
    /// <summary>What it shows.</summary>
    public required string Title { get; init; }

    /// <summary>The same for those who cannot see it, in more words.</summary>
    public string? Description { get; init; }

    /// <summary>What grows, with its unit.</summary>
    public required string XLabel { get; init; }

    /// <summary>The figure, with its unit.</summary>
    public required string YLabel { get; init; }

    /// <summary>Whether equal steps to the right are equal factors; otherwise x is counted in whole numbers.</summary>
    public bool IsXLogarithmic { get; init; }

    /// <summary>Whether x is counted from zero, if it is counted.</summary>
    public bool IsXFromZero { get; init; } = true;

    /// <summary>The lines.</summary>
    public required IReadOnlyList<PlotSeries> Series { get; init; }
}

namespace KnSock.Fanout.Plotting;

/// <summary>What is drawn: figures over something that grows.</summary>
internal sealed record Plot
{
    /// <summary>What it shows.</summary>
    public required string Title { get; init; }

    /// <summary>What grows, with its unit.</summary>
    public required string XLabel { get; init; }

    /// <summary>The figure, with its unit.</summary>
    public required string YLabel { get; init; }

    /// <summary>Whether equal steps to the right are equal factors; otherwise x is counted in whole numbers from zero.</summary>
    public bool IsXLogarithmic { get; init; }

    /// <summary>The lines.</summary>
    public required IReadOnlyList<PlotSeries> Series { get; init; }
}

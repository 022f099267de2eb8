namespace KnSock.Simulation.Reports;

/// <summary>A table of a report, to be written as text or within a page.</summary>
internal sealed record ReportTable
{
    /// <summary>What it shows.</summary>
    public required string Caption { get; init; }

    /// <summary>Its columns; the first names the row.</summary>
    public required IReadOnlyList<ReportColumn> Columns { get; init; }

    /// <summary>Its rows.</summary>
    public required IReadOnlyList<ReportRow> Rows { get; init; }
}

/// <summary>A column.</summary>
/// <param name="Heading">Short.</param>
/// <param name="Meaning">In full. Null: the heading says all.</param>
/// <param name="IsText">Words rather than numbers.</param>
internal readonly record struct ReportColumn(string Heading, string? Meaning = null, bool IsText = false);

/// <summary>A row.</summary>
/// <param name="Cells">A cell for each column.</param>
/// <param name="IsOurs">It is about our policy.</param>
internal readonly record struct ReportRow(IReadOnlyList<string> Cells, bool IsOurs = false);

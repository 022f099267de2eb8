using System.Xml.Linq;
using KnSock.Plotting;

namespace KnSock.Simulation.Reports;

/// <summary>What a page is made of. All text is escaped when the page is written, and what XML has no way to write is replaced.</summary>
internal static class PageElements
{
    /// <summary>An element with what is in it.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="content">Text, elements and attributes.</param>
    public static XElement Tag(string name, params IEnumerable<object?> content) =>
        // The empty text keeps <td></td> from being written as <td />, which in HTML would not end it.
        new(name, [.. content.Select(c => c is string text ? SvgShapes.Clean(text) : c), string.Empty]);

    /// <summary>An attribute.</summary>
    public static XAttribute With(string name, string value) => new(name, SvgShapes.Clean(value));

    /// <summary>A link within the page.</summary>
    public static XElement Link(string id, string text) => Tag("a", With("href", $"#{id}"), text);

    /// <summary>What opens when it is asked for.</summary>
    public static XElement Details(string summary, params IEnumerable<object?> content) => Tag("details", [Tag("summary", summary), .. content]);

    /// <summary>A table, which scrolls sideways within itself where the page is too narrow.</summary>
    public static XElement Table(ReportTable table) => Tag(
        "div", With("class", "wide"), With("tabindex", "0"), With("role", "region"), With("aria-label", table.Caption),
        Tag(
            "table",
            Tag("caption", table.Caption),
            Tag("thead", Tag("tr", table.Columns.Select(Heading))),
            Tag("tbody", table.Rows.Select(r => Row(table, r)))));

    private static XElement Heading(ReportColumn column) =>
        Tag("th", With("scope", "col"), Words(column), column.Meaning is { } meaning ? With("title", meaning) : null, column.Heading);

    private static XElement Row(ReportTable table, ReportRow row) => Tag(
        "tr",
        [
            row.IsOurs ? With("class", "ours") : null,
            Tag("th", With("scope", "row"), With("class", "words"), row.Cells[0]),
            .. row.Cells.Skip(1).Select((cell, i) => Tag("td", Words(table.Columns[i + 1]), cell)),
        ]);

    private static XAttribute? Words(ReportColumn column) => column.IsText ? With("class", "words") : null;
}

using System.Globalization;
using KnSock.Cli.Arguments;
using KnSock.Server.Store;

namespace KnSock.Cli.Output;

/// <summary>What a store holds, for people.</summary>
internal static class StoreTable
{
    private static readonly string[] Headings = ["VIDEO", "FILE", "STORED", "LAST USE", "RUNGS"];

    /// <summary>Writes the list.</summary>
    public static void Write(Terminal terminal, StoreListing listing) =>
        TextTable.Write(terminal, Headings, [.. listing.Sources.Select(Row)], wrapped: ["VIDEO", "RUNGS"]);

    private static string[] Row(StoredSource source) =>
    [
        source.Path is { } path ? Printable.Escape(path) : $"not known ({source.Id})",
        source.IsCurrent ? "there" : "changed or gone",
        ByteSize.ToText(source.Bytes),
        source.LastUse.ToLocalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture),
        string.Join(", ", source.Renditions.Select(r => $"{Printable.Escape(r.Name ?? r.Id)} {(r.Percent is { } percent ? $"{percent} %" : $"{r.Gops} GOPs")}")),
    ];
}

using System.Globalization;

namespace KnSock.Server.Store;

/// <summary>Names of the store's folders and files. Nothing that has another name is read, counted or deleted.</summary>
/// <remarks>
/// <code>
/// ROOT/v1/CACHEDIR.TAG                          tells backup programs to pass by (bford.info/cachedir)
/// ROOT/v1/SOURCE/source.json                    path, size, time, for people
/// ROOT/v1/SOURCE/RENDITION/rendition.json       name, settings, number of GOPs
/// ROOT/v1/SOURCE/RENDITION/000123.gop           see GopFile
/// ROOT/v1/SOURCE/RENDITION/in-use              see InUseMark
/// ROOT/v1/SOURCE/RENDITION/*.RANDOM.tmp         being written
/// </code>
/// A GOP's name depends on nothing but what is in it, so processes that share a store need not know of each other.
/// </remarks>
internal sealed class StoreLayout(string root)
{
    /// <summary>Goes up when the layout or the files' form changes; what older versions left is not touched.</summary>
    public const int FormatVersion = 1;

    public const string SourceFile = "source.json";
    public const string RenditionFile = "rendition.json";
    public const string InUseFile = "in-use";
    private const string GopSuffix = ".gop";
    private const string TemporarySuffix = ".tmp";

    public string Root { get; } = root;

    /// <summary>The folder with everything of this format's version.</summary>
    public string Folder { get; } = Path.Combine(root, string.Create(CultureInfo.InvariantCulture, $"v{FormatVersion}"));

    public string Tag => Path.Combine(Folder, "CACHEDIR.TAG");

    public string SourceFolder(string sourceId) => Path.Combine(Folder, sourceId);

    public string RenditionFolder(RenditionKey key) => Path.Combine(SourceFolder(key.Source.Id), key.Id);

    public static string GopPath(string renditionFolder, int gop) =>
        Path.Combine(renditionFolder, gop.ToString("D6", CultureInfo.InvariantCulture) + GopSuffix);

    /// <summary>A name beside the file, by which nobody else writes: processes in different containers may have the same process id.</summary>
    public static string Temporary(string path) =>
        string.Create(CultureInfo.InvariantCulture, $"{path}.{Random.Shared.NextInt64():x16}{TemporarySuffix}");

    public static bool IsTemporary(string name) => name.EndsWith(TemporarySuffix, StringComparison.Ordinal);

    /// <summary>Reads the GOP's index from a file's name.</summary>
    public static bool IsGop(string name, out int gop)
    {
        gop = 0;
        return name.EndsWith(GopSuffix, StringComparison.Ordinal)
            && HexId.TryReadNumber(name.AsSpan(0, name.Length - GopSuffix.Length), out gop)
            && name == Path.GetFileName(GopPath(string.Empty, gop));
    }
}

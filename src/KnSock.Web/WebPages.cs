using System.Collections.Frozen;
using System.Reflection;
using Microsoft.AspNetCore.StaticFiles;

namespace KnSock.Web;

/// <summary>The pages and what they load, as Vite built them.</summary>
public static class WebPages
{
    private const string Folder = "pages/";

    private static readonly FileExtensionContentTypeProvider Types = new();

    private static readonly FrozenDictionary<string, WebPage> Pages = Assembly.GetExecutingAssembly().GetManifestResourceNames()
        .Where(n => n.StartsWith(Folder, StringComparison.Ordinal))
        .Select(n => Read(n))
        .ToFrozenDictionary(p => p.Path, StringComparer.Ordinal);

    /// <summary>All of them.</summary>
    public static IReadOnlyCollection<WebPage> All => Pages.Values;

    /// <summary>A file by its path, such as <c>assets/watch-1a2b3c.js</c>. Null: there is none.</summary>
    public static WebPage? Find(string path) => Pages.GetValueOrDefault(path);

    private static WebPage Read(string name)
    {
        using var resource = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!;
        var content = new byte[resource.Length];
        resource.ReadExactly(content);
        var path = name[Folder.Length..];
        return new WebPage(path, content, Types.TryGetContentType(path, out var type) ? type : "application/octet-stream");
    }
}

/// <summary>A file of the web pages.</summary>
/// <param name="Path">Path below the root, such as <c>index.html</c>.</param>
/// <param name="Content">Its bytes.</param>
/// <param name="ContentType">Its media type.</param>
public sealed record WebPage(string Path, ReadOnlyMemory<byte> Content, string ContentType)
{
    /// <summary>Its name holds a hash of what is in it, so it never changes.</summary>
    public bool IsImmutable => Path.StartsWith("assets/", StringComparison.Ordinal);
}

using System.Globalization;
using System.Security.Cryptography;

namespace KnSock.Server.Store;

/// <summary>A rendition's place in the store. Two renditions have the same place only if their bytes are the same.</summary>
internal sealed record RenditionKey
{
    /// <summary>The file that it is made of.</summary>
    public required SourceIdentity Source { get; init; }

    /// <summary>Where that file is at present, for people.</summary>
    public required string SourcePath { get; init; }

    /// <summary>Name of the rendition, for people, such as <c>720p</c>.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// Everything else that determines the bytes, in one canonical text: rendition, frames and starts of the GOPs, encoder with its version and arguments.
    /// </summary>
    public required string Settings { get; init; }

    /// <summary>GOPs of a turn.</summary>
    public required int GopCount { get; init; }

    /// <summary>32 hexadecimal digits.</summary>
    public string Id => HexId.Of(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(
        string.Create(CultureInfo.InvariantCulture, $"knsock store {StoreLayout.FormatVersion}\n{Source.Id}\n{GopCount}\n{Settings}"))));
}

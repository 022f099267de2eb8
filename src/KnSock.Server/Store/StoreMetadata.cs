using System.Text.Json;
using System.Text.Json.Serialization;

namespace KnSock.Server.Store;

/// <summary>What <c>source.json</c> says. For people only; nothing that is played depends on it.</summary>
internal sealed record SourceMetadata(string Path, long Size, DateTime Modified);

/// <summary>What <c>rendition.json</c> says. For people only; nothing that is played depends on it.</summary>
internal sealed record RenditionMetadata(string Name, int GopCount, string Settings);

/// <summary>Reads and writes the descriptions beside the media.</summary>
internal static class StoreMetadata
{
    private const int MaxSize = 256 * 1024;

    /// <summary>What a rendition's source is.</summary>
    public static SourceMetadata SourceOf(RenditionKey key) => new(key.SourcePath, key.Source.Size, key.Source.Modified);

    /// <summary>Reads a source's description. Null where there is none that can be read.</summary>
    public static SourceMetadata? ReadSource(string sourceFolder) =>
        Read(Path.Combine(sourceFolder, StoreLayout.SourceFile), StoreJsonContext.Default.SourceMetadata);

    /// <summary>Reads a rendition's description. Null where there is none that can be read.</summary>
    public static RenditionMetadata? ReadRendition(string renditionFolder) =>
        Read(Path.Combine(renditionFolder, StoreLayout.RenditionFile), StoreJsonContext.Default.RenditionMetadata);

    /// <summary>Makes a rendition's folder with what describes it, as far as it is missing.</summary>
    public static void Describe(StoreDisk disk, StoreLayout layout, RenditionKey key, DateTime now)
    {
        var (source, rendition) = (layout.SourceFolder(key.Source.Id), layout.RenditionFolder(key));
        disk.CreateFolder(rendition);
        if (!File.Exists(layout.Tag))
        {
            disk.WriteWhole(layout.Tag, "Signature: 8a477f597d28d172789f06886806bc55\n# Media that KnSock encoded; it can be made again.\n"u8, now);
        }

        // By the content: a source that was moved has another path now.
        if (ReadSource(source) != SourceOf(key))
        {
            var text = JsonSerializer.SerializeToUtf8Bytes(SourceOf(key), StoreJsonContext.Default.SourceMetadata);
            disk.WriteWhole(Path.Combine(source, StoreLayout.SourceFile), text, now);
        }

        if (ReadRendition(rendition) is null)
        {
            var text = JsonSerializer.SerializeToUtf8Bytes(
                new RenditionMetadata(key.Name, key.GopCount, key.Settings), StoreJsonContext.Default.RenditionMetadata);
            disk.WriteWhole(Path.Combine(rendition, StoreLayout.RenditionFile), text, now);
        }
    }

    private static T? Read<T>(string path, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return file.Length <= MaxSize ? JsonSerializer.Deserialize(file, type) : null;
        }
        catch (Exception e) when (DiskFaults.IsFault(e) || e is JsonException)
        {
            return null;
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(SourceMetadata))]
[JsonSerializable(typeof(RenditionMetadata))]
internal sealed partial class StoreJsonContext : JsonSerializerContext;

namespace KnSock.Server.Store;

/// <summary>Goes through the store's folders. What vanishes meanwhile is passed over: other processes put and drop as well.</summary>
internal static class StoreFolders
{
    // No links: what they point to is not the store's to count or delete.
    private static readonly EnumerationOptions NoLinks = new() { AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true };

    /// <summary>The folders of all sources.</summary>
    public static IReadOnlyList<string> Sources(StoreLayout layout) => Folders(layout.Folder);

    /// <summary>The folders of a source's renditions.</summary>
    public static IReadOnlyList<string> Renditions(string sourceFolder) => Folders(sourceFolder);

    /// <summary>The folders of all renditions.</summary>
    public static IEnumerable<string> AllRenditions(StoreLayout layout) => Sources(layout).SelectMany(Renditions);

    /// <summary>The GOPs of a rendition.</summary>
    public static IReadOnlyList<StoreEntry> Entries(string renditionFolder)
    {
        var entries = new List<StoreEntry>();
        foreach (var file in Files(renditionFolder))
        {
            if (StoreLayout.IsGop(file.Name, out var gop) && Length(file) is { } length)
            {
                entries.Add(new StoreEntry(renditionFolder, gop, length, file.LastWriteTimeUtc));
            }
        }

        return entries;
    }

    /// <summary>Files left over by writers that ended in the middle: those that are older than an hour.</summary>
    public static IEnumerable<string> LeftOver(string folder, DateTime now) => Files(folder)
        .Where(f => StoreLayout.IsTemporary(f.Name) && now - f.LastWriteTimeUtc > TimeSpan.FromHours(1))
        .Select(f => f.FullName);

    /// <summary>Removes a rendition's folder that holds no GOP any more, and its source's if that was its last.</summary>
    public static void RemoveIfEmpty(StoreDisk disk, string renditionFolder)
    {
        if (Files(renditionFolder).All(f => f.Name is StoreLayout.RenditionFile or StoreLayout.InUseFile))
        {
            disk.TryDelete(Path.Combine(renditionFolder, StoreLayout.InUseFile));
            disk.TryDelete(Path.Combine(renditionFolder, StoreLayout.RenditionFile));
            TryRemove(renditionFolder);
        }

        RemoveSourceIfEmpty(disk, Path.GetDirectoryName(renditionFolder)!);
    }

    /// <summary>Removes a source's folder that holds no rendition any more.</summary>
    public static void RemoveSourceIfEmpty(StoreDisk disk, string sourceFolder)
    {
        if (Folders(sourceFolder).Count == 0 && Files(sourceFolder).All(f => f.Name is StoreLayout.SourceFile))
        {
            disk.TryDelete(Path.Combine(sourceFolder, StoreLayout.SourceFile));
            TryRemove(sourceFolder);
        }
    }

    /// <summary>The files in a folder; none when it is not there.</summary>
    public static IReadOnlyList<FileInfo> Files(string folder)
    {
        try
        {
            return [.. new DirectoryInfo(folder).EnumerateFiles("*", NoLinks)];
        }
        catch (Exception e) when (DiskFaults.IsFault(e))
        {
            return [];
        }
    }

    private static List<string> Folders(string folder)
    {
        try
        {
            return [.. Directory.EnumerateDirectories(folder, "*", NoLinks).Where(f => HexId.IsOne(Path.GetFileName(f)))];
        }
        catch (Exception e) when (DiskFaults.IsFault(e))
        {
            return [];
        }
    }

    private static long? Length(FileInfo file)
    {
        try
        {
            return file.Length;
        }
        catch (Exception e) when (DiskFaults.IsFault(e))
        {
            return null;
        }
    }

    private static void TryRemove(string folder)
    {
        try
        {
            Directory.Delete(folder);
        }
        catch (Exception e) when (DiskFaults.IsFault(e))
        {
            // Somebody has just put something into it.
        }
    }
}

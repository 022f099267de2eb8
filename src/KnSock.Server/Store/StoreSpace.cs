namespace KnSock.Server.Store;

/// <summary>
/// Keeps the store within its limit. Counts what this process puts, and looks at the folders again when the limit is met or a minute has
/// passed, because other processes put as well. Called by one writer at a time.
/// </summary>
internal sealed class StoreSpace(StoreLayout layout, StoreDisk disk, long? maxBytes, TimeProvider time)
{
    private const long MostByDefault = 10L * 1024 * 1024 * 1024;
    private static readonly TimeSpan ScanInterval = TimeSpan.FromMinutes(1);

    private long _bytes;
    private long _limit = maxBytes ?? MostByDefault;
    private long? _scannedAt;

    /// <summary>Bytes stored, as far as is known.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>The most that may be.</summary>
    public long Limit => Interlocked.Read(ref _limit);

    /// <summary>An entry came (positive) or went (negative).</summary>
    public void Add(long bytes) => Interlocked.Add(ref _bytes, bytes);

    /// <summary>Looks at what is there, and removes what dead writers left.</summary>
    public List<StoreEntry> Scan()
    {
        var entries = new List<StoreEntry>();
        foreach (var source in StoreFolders.Sources(layout))
        {
            foreach (var rendition in StoreFolders.Renditions(source))
            {
                entries.AddRange(StoreFolders.Entries(rendition));
                RemoveLeftOver(rendition);
            }

            RemoveLeftOver(source);
        }

        RemoveLeftOver(layout.Folder);
        Interlocked.Exchange(ref _bytes, entries.Sum(e => e.Bytes));
        Interlocked.Exchange(ref _limit, maxBytes ?? DefaultLimit(Bytes));
        _scannedAt = time.GetTimestamp();
        return entries;
    }

    /// <summary>Sees to it that so much more keeps to the limit. False, and nothing is dropped, where it cannot.</summary>
    /// <param name="size">Bytes that are to come.</param>
    /// <param name="mayGo">Which entries may be dropped.</param>
    /// <param name="dropped">Is told of each that was.</param>
    public bool TryMakeRoom(long size, Func<StoreEntry, bool> mayGo, Action<StoreEntry> dropped)
    {
        if (_scannedAt is { } at && time.GetElapsedTime(at) < ScanInterval && Bytes + size <= Limit)
        {
            return true;
        }

        var entries = Scan();
        if (Bytes + size <= Limit)
        {
            return true;
        }

        var candidates = entries.Where(mayGo).ToList();
        if (Bytes + size - candidates.Sum(e => e.Bytes) > Limit)
        {
            return false;
        }

        // Down to 95 %, so that not every put looks at all folders again.
        Drop(candidates, Bytes + size - (Limit / 20 * 19), dropped);
        return Bytes + size <= Limit;
    }

    /// <summary>Whether <see cref="TryMakeRoom"/> would succeed.</summary>
    public bool CouldMakeRoom(long size, Func<StoreEntry, bool> mayGo) =>
        Scan() is var entries && Bytes + size - entries.Where(mayGo).Sum(e => e.Bytes) <= Limit;

    /// <summary>Drops entries because the disk is full, more than <paramref name="size"/> where there are as many.</summary>
    /// <returns>Whether anything was dropped.</returns>
    public bool Free(long size, Func<StoreEntry, bool> mayGo, Action<StoreEntry> dropped)
    {
        var candidates = Scan().Where(mayGo).ToList();
        var before = Bytes;
        Drop(candidates, Math.Max(2 * size, Bytes / 20), dropped);
        return Bytes < before;
    }

    private void Drop(List<StoreEntry> candidates, long bytes, Action<StoreEntry> dropped)
    {
        var folders = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in candidates.OrderBy(e => e.LastUse).ThenBy(e => e.Gop))
        {
            if (bytes <= 0)
            {
                break;
            }

            if (disk.TryDelete(entry.Path))
            {
                Add(-entry.Bytes);
                bytes -= entry.Bytes;
                folders.Add(entry.RenditionFolder);
                dropped(entry);
            }
        }

        foreach (var folder in folders)
        {
            StoreFolders.RemoveIfEmpty(disk, folder);
        }
    }

    private void RemoveLeftOver(string folder)
    {
        foreach (var file in StoreFolders.LeftOver(folder, time.GetUtcNow().UtcDateTime))
        {
            disk.TryDelete(file);
        }
    }

    private long DefaultLimit(long stored)
    {
        try
        {
            return Math.Min(MostByDefault, (disk.FreeBytes(layout.Folder) + stored) / 5);
        }
        catch (Exception e) when (DiskFaults.IsFault(e))
        {
            return MostByDefault;
        }
    }
}

namespace KnSock.Server.Store;

/// <summary>
/// Lists, checks and clears a store, also while servers use it: what vanishes under them they encode again. Only files of the store's own names are
/// touched, whatever else lies in its folder.
/// </summary>
public sealed class StoreContents
{
    private readonly StoreDisk _disk = new();
    private readonly StoreLayout _layout;
    private readonly StoreSpace _space;

    /// <summary>Opens a store to look into it; nothing is created.</summary>
    /// <param name="options">Where it is.</param>
    /// <param name="time">The clock by which left-over files are old. Null: the system's.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    public StoreContents(StoreOptions options, TimeProvider? time = null)
    {
        options.Validate();
        _layout = new StoreLayout(options.EffectiveDirectory);
        _space = new StoreSpace(_layout, _disk, options.MaxBytes, time ?? TimeProvider.System);
    }

    /// <summary>The store's folder, as a full path.</summary>
    public string Directory => _layout.Root;

    /// <summary>Lists what is stored. A folder that is not there holds nothing.</summary>
    public Task<StoreListing> ListAsync(CancellationToken cancellationToken) => Task.Run(List, cancellationToken).WaitAsync(cancellationToken);

    /// <summary>Reads and checks every GOP, and deletes those that are damaged. Removes what writers that died left behind.</summary>
    /// <param name="progress">Is given the number of GOPs checked so far. Null: nobody.</param>
    /// <param name="cancellationToken">Ends it; what was deleted stays deleted.</param>
    public Task<StoreVerification> VerifyAsync(IProgress<int>? progress, CancellationToken cancellationToken) =>
        Task.Run(() => Verify(progress, cancellationToken), cancellationToken);

    /// <summary>Removes what is stored.</summary>
    /// <param name="videoPaths">Of which videos: those that are or were at these paths, and moved ones by their content. Empty: of all.</param>
    /// <param name="cancellationToken">Ends it; what was removed stays removed.</param>
    /// <exception cref="IOException">A video that is there cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A video may not be read.</exception>
    public async Task<StoreClearing> ClearAsync(IReadOnlyList<string> videoPaths, CancellationToken cancellationToken)
    {
        if (videoPaths.Count == 0)
        {
            return await Task.Run(() => Clear(StoreFolders.Sources(_layout), [], cancellationToken), cancellationToken);
        }

        var folders = new HashSet<string>(StringComparer.Ordinal);
        var notStored = new List<string>();
        foreach (var video in videoPaths)
        {
            var found = await FoldersOfAsync(video, cancellationToken);
            folders.UnionWith(found);
            if (found.Count == 0)
            {
                notStored.Add(video);
            }
        }

        return await Task.Run(() => Clear([.. folders], notStored, cancellationToken), cancellationToken);
    }

    private StoreListing List()
    {
        var sources = new List<StoredSource>();
        foreach (var folder in StoreFolders.Sources(_layout))
        {
            var renditions = StoreFolders.Renditions(folder).Select(ListRendition).OfType<StoredRenditionListing>().OrderBy(r => r.Name, StringComparer.Ordinal).ToList();
            if (renditions.Count == 0)
            {
                continue;
            }

            var id = Path.GetFileName(folder);
            var metadata = StoreMetadata.ReadSource(folder);
            sources.Add(new StoredSource
            {
                Id = id,
                Path = metadata?.Path,
                IsCurrent = metadata is not null
                    && new SourceIdentity { Id = id, Size = metadata.Size, Modified = metadata.Modified }.StillHolds(metadata.Path),
                Bytes = renditions.Sum(r => r.Bytes),
                LastUse = renditions.Max(r => r.LastUse),
                Renditions = renditions,
            });
        }

        return new StoreListing
        {
            Directory = Directory,
            Bytes = sources.Sum(s => s.Bytes),
            Sources = [.. sources.OrderByDescending(s => s.LastUse).ThenBy(s => s.Path, StringComparer.Ordinal)],
        };
    }

    private static StoredRenditionListing? ListRendition(string folder)
    {
        var entries = StoreFolders.Entries(folder);
        var metadata = StoreMetadata.ReadRendition(folder);
        return entries.Count == 0 ? null : new StoredRenditionListing
        {
            Id = Path.GetFileName(folder),
            Name = metadata?.Name,
            Gops = entries.Count,
            GopCount = metadata?.GopCount,
            Bytes = entries.Sum(e => e.Bytes),
            LastUse = entries.Max(e => e.LastUse),
        };
    }

    private StoreVerification Verify(IProgress<int>? progress, CancellationToken cancellationToken)
    {
        var (count, bytes) = (0, 0L);
        var damaged = new List<DamagedGop>();
        foreach (var folder in StoreFolders.AllRenditions(_layout))
        {
            var id = Convert.FromHexString(Path.GetFileName(folder));
            foreach (var entry in StoreFolders.Entries(folder).OrderBy(e => e.Gop))
            {
                cancellationToken.ThrowIfCancellationRequested();
                var (isThere, why) = Check(entry, id);
                if (why is not null)
                {
                    damaged.Add(Drop(entry, why));
                }

                bytes += isThere && why is null ? entry.Bytes : 0;
                count += isThere ? 1 : 0;
                progress?.Report(count);
            }

            StoreFolders.RemoveIfEmpty(_disk, folder);
        }

        _space.Scan();
        return new StoreVerification { Checked = count, Bytes = bytes, Damaged = damaged };
    }

    private static (bool IsThere, string? Why) Check(StoreEntry entry, ReadOnlySpan<byte> id)
    {
        try
        {
            var media = GopReader.Read(entry.RenditionFolder, id, entry.Gop, out _, out var damage);
            return (media is not null || damage is not null, damage);
        }
        catch (UnauthorizedAccessException)
        {
            return (true, "it may not be read");
        }
    }

    private DamagedGop Drop(StoreEntry entry, string why) => new()
    {
        Source = StoreMetadata.ReadSource(Path.GetDirectoryName(entry.RenditionFolder)!)?.Path,
        Rendition = StoreMetadata.ReadRendition(entry.RenditionFolder)?.Name,
        Gop = entry.Gop,
        File = entry.Path,
        Why = why,
        IsDropped = _disk.TryDelete(entry.Path),
    };

    private async Task<IReadOnlyList<string>> FoldersOfAsync(string video, CancellationToken cancellationToken)
    {
        var path = Path.GetFullPath(video);
        var id = File.Exists(path) ? (await SourceIdentity.ReadAsync(path, cancellationToken)).Id : null;
        return [.. StoreFolders.Sources(_layout).Where(f => Path.GetFileName(f) == id || StoreMetadata.ReadSource(f)?.Path == path)];
    }

    private StoreClearing Clear(IReadOnlyList<string> sourceFolders, IReadOnlyList<string> notStored, CancellationToken cancellationToken)
    {
        var (gops, bytes, left) = (0, 0L, 0);
        foreach (var source in sourceFolders)
        {
            foreach (var folder in StoreFolders.Renditions(source))
            {
                foreach (var entry in StoreFolders.Entries(folder))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    var isGone = _disk.TryDelete(entry.Path) || !File.Exists(entry.Path);
                    (gops, bytes, left) = isGone ? (gops + 1, bytes + entry.Bytes, left) : (gops, bytes, left + 1);
                }

                DeleteTemporaries(folder);
                StoreFolders.RemoveIfEmpty(_disk, folder);
            }

            DeleteTemporaries(source);
            StoreFolders.RemoveSourceIfEmpty(_disk, source);
        }

        return new StoreClearing { Sources = sourceFolders.Count, Gops = gops, Bytes = bytes, Left = left, NotStored = notStored };
    }

    private void DeleteTemporaries(string folder)
    {
        foreach (var file in StoreFolders.Files(folder).Where(f => StoreLayout.IsTemporary(f.Name)))
        {
            _disk.TryDelete(file.FullName);
        }
    }
}

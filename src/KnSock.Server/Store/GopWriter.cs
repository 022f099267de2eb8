using System.Globalization;

namespace KnSock.Server.Store;

/// <summary>Writes GOPs' files, making room for them. Called by one writer at a time; blocks its thread.</summary>
internal sealed class GopWriter(StoreLayout layout, StoreDisk disk, StoreSpace space, TimeProvider time)
{
    /// <summary>Puts a file into the store. Null: it is there. Otherwise why not.</summary>
    /// <param name="key">The rendition.</param>
    /// <param name="gop">The GOP's index.</param>
    /// <param name="file">All of the file.</param>
    /// <param name="purpose">What for.</param>
    /// <param name="mayGo">Which entries may be dropped for it.</param>
    /// <param name="dropped">Is told of each that was.</param>
    public Refusal? Put(RenditionKey key, int gop, byte[] file, PutPurpose purpose, Func<StoreEntry, bool> mayGo, Action<StoreEntry> dropped)
    {
        try
        {
            if (!space.TryMakeRoom(file.Length, mayGo, dropped))
            {
                return LimitReached(key, file.Length, purpose);
            }

            try
            {
                Write(key, gop, file);
            }
            catch (IOException e) when (DiskFaults.IsFull(e) && space.Free(file.Length, mayGo, dropped))
            {
                Write(key, gop, file);
            }

            return null;
        }
        catch (Exception e) when (DiskFaults.IsFault(e))
        {
            return new Refusal(Explain(e), ByLimit: false, file.Length, key);
        }
    }

    /// <summary>Whether what was refused would be refused again. Null: it is worth trying.</summary>
    public Refusal? Probe(Refusal refusal, PutPurpose purpose, Func<StoreEntry, bool> mayGo)
    {
        if (refusal.ByLimit)
        {
            return space.CouldMakeRoom(refusal.Size, mayGo) ? null : LimitReached(refusal.Key, refusal.Size, purpose);
        }

        var probe = StoreLayout.Temporary(Path.Combine(layout.RenditionFolder(refusal.Key), "probe"));
        try
        {
            StoreMetadata.Describe(disk, layout, refusal.Key, Now);
            // Not zeros, which some file systems store in no space at all.
            var bytes = new byte[refusal.Size];
            Random.Shared.NextBytes(bytes);
            disk.Write(probe, bytes, Now);
            return null;
        }
        catch (Exception e) when (DiskFaults.IsFault(e))
        {
            return DiskFaults.IsFull(e) && space.Scan().Any(mayGo) ? null : refusal with { State = Explain(e) };
        }
        finally
        {
            disk.TryDelete(probe);
        }
    }

    /// <summary>A number of bytes for people.</summary>
    internal static string InWords(long bytes)
    {
        string[] units = ["bytes", "KiB", "MiB", "GiB", "TiB"];
        var unit = 0;
        double value = bytes;
        while (value >= 1024 && unit < units.Length - 1)
        {
            value /= 1024;
            unit++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{value:0.#} {units[unit]}");
    }

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    private void Write(RenditionKey key, int gop, byte[] file)
    {
        var folder = layout.RenditionFolder(key);
        if (!File.Exists(Path.Combine(folder, StoreLayout.RenditionFile)))
        {
            StoreMetadata.Describe(disk, layout, key, Now);
        }

        var path = StoreLayout.GopPath(folder, gop);
        var before = new FileInfo(path) is { Exists: true } old ? old.Length : 0;
        try
        {
            disk.WriteWhole(path, file, Now);
        }
        catch (IOException e) when (DiskFaults.IsMissing(e))
        {
            // Somebody has just emptied the store.
            StoreMetadata.Describe(disk, layout, key, Now);
            disk.WriteWhole(path, file, Now);
        }

        space.Add(file.Length - before);
    }

    private Refusal LimitReached(RenditionKey key, long size, PutPurpose purpose) => new(
        new StoreState(
            StoreCondition.Full,
            $"the store's limit of {InWords(space.Limit)} is reached by what is {(purpose == PutPurpose.Watched ? "being played" : "on offer")}"),
        ByLimit: true,
        size,
        key);

    private static StoreState Explain(Exception e) => DiskFaults.IsFull(e)
        ? new StoreState(StoreCondition.Full, "the store's disk is full")
        : new StoreState(StoreCondition.Failing, $"the store cannot be written: {DisplayText.Clean(e.Message)}");
}

namespace KnSock.Server.Store;

/// <summary>What the store does to the disk. Tests put one in its place that fails or stops in the middle.</summary>
internal class StoreDisk
{
    private const UnixFileMode OnlyOwner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>
    /// Writes a file so that, whenever the process or the machine stops, either what was there or all that is new is found under the name.
    /// </summary>
    public void WriteWhole(string path, ReadOnlySpan<byte> bytes, DateTime modified)
    {
        var temporary = StoreLayout.Temporary(path);
        try
        {
            Write(temporary, bytes, modified);
            Replace(temporary, path);
        }
        catch (Exception e) when (DiskFaults.IsFault(e))
        {
            TryDelete(temporary);
            throw;
        }
    }

    /// <summary>Writes a new file and waits until the disk has it.</summary>
    /// <remarks>
    /// The checksums alone would keep a file that a power failure cut from being played. Waiting for the disk (half a millisecond on an SSD, tens
    /// on a hard disk, beside a GOP's tens to hundreds for encoding) also shows faults of delayed writing while they can be told, and keeps a fast encoder
    /// from filling the page cache with what is then written in one go, while viewers read. Renames are not waited for: one that is lost is a GOP that is encoded again.
    /// </remarks>
    public virtual void Write(string temporary, ReadOnlySpan<byte> bytes, DateTime modified)
    {
        using var file = File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.Read);
        RandomAccess.Write(file, bytes, fileOffset: 0);
        File.SetLastWriteTimeUtc(file, modified);
        RandomAccess.FlushToDisk(file);
    }

    /// <summary>Gives a file the name of another, which is gone then.</summary>
    public virtual void Replace(string temporary, string path) => File.Move(temporary, path, overwrite: true);

    /// <summary>Makes a folder that only its owner can look into; none of those above are changed.</summary>
    public virtual void CreateFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, OnlyOwner);
        }
    }

    /// <summary>Bytes that may still be written to the disk of a folder that need not be there yet.</summary>
    public virtual long FreeBytes(string folder)
    {
        var there = new DirectoryInfo(folder);
        while (!there.Exists && there.Parent is { } parent)
        {
            there = parent;
        }

        return new DriveInfo(there.FullName).AvailableFreeSpace;
    }

    /// <summary>Deletes a file, if it is there and can be deleted.</summary>
    public virtual bool TryDelete(string path)
    {
        try
        {
            var was = File.Exists(path);
            File.Delete(path);
            return was;
        }
        catch (Exception e) when (DiskFaults.IsFault(e))
        {
            return false;
        }
    }
}

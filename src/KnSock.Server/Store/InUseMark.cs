using Microsoft.Win32.SafeHandles;

namespace KnSock.Server.Store;

/// <summary>
/// Tells other processes that a rendition is being played: a file in its folder that is held open, which locks it against being opened alone. The
/// lock ends with the process, however that ends.
/// </summary>
internal sealed class InUseMark
{
    private readonly string _path;
    private readonly Lock _lock = new();
    private SafeFileHandle? _file;
    private bool _isWanted;

    /// <summary>Creates the mark; nothing is held yet.</summary>
    public InUseMark(string renditionFolder) => _path = PathIn(renditionFolder);

    /// <summary>Whether it is to be held. No longer: it is let go at once. From now on: with the next <see cref="Take"/>.</summary>
    public bool IsWanted
    {
        get => Volatile.Read(ref _isWanted);
        set
        {
            lock (_lock)
            {
                _isWanted = value;
                if (!value)
                {
                    _file?.Dispose();
                    _file = null;
                }
            }
        }
    }

    /// <summary>Holds it, if it is wanted and can be had; blocks its thread. There is none to hold in a folder that is not there.</summary>
    public void Take()
    {
        if (!IsWanted || _file is not null)
        {
            return;
        }

        try
        {
            // Outside the lock, so that nobody who sets the property waits for the disk.
            var file = File.OpenHandle(_path, FileMode.OpenOrCreate, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            lock (_lock)
            {
                if (_isWanted && _file is null)
                {
                    _file = file;
                    return;
                }
            }

            file.Dispose();
        }
        catch (Exception e) when (DiskFaults.IsFault(e))
        {
            // The next read or put tries again.
        }
    }

    /// <summary>Whether anybody holds it.</summary>
    public static bool IsHeld(string renditionFolder)
    {
        try
        {
            using var file = File.OpenHandle(PathIn(renditionFolder), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return false;
        }
        catch (Exception e) when (DiskFaults.IsMissing(e))
        {
            return false;
        }
        catch (Exception e) when (DiskFaults.IsFault(e))
        {
            return true;
        }
    }

    private static string PathIn(string renditionFolder) => Path.Combine(renditionFolder, StoreLayout.InUseFile);
}

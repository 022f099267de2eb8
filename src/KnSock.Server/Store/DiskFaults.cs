namespace KnSock.Server.Store;

/// <summary>Tells the faults of disks apart.</summary>
internal static class DiskFaults
{
    // ENOSPC everywhere; EDQUOT on Linux and macOS; ERROR_HANDLE_DISK_FULL and ERROR_DISK_FULL.
    private static readonly int[] NoSpace =
    [
        28, OperatingSystem.IsMacOS() ? 69 : 122, unchecked((int)0x80070027), unchecked((int)0x80070070),
    ];

    /// <summary>The file system failed, not the program.</summary>
    public static bool IsFault(Exception exception) => exception is IOException or UnauthorizedAccessException;

    /// <summary>There is no space left on the disk, or none for this user.</summary>
    public static bool IsFull(Exception exception) => exception is IOException && NoSpace.Contains(exception.HResult);

    /// <summary>A file or folder is not there, perhaps not any more.</summary>
    public static bool IsMissing(Exception exception) => exception is FileNotFoundException or DirectoryNotFoundException;
}

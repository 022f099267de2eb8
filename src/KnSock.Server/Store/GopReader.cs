using Microsoft.Win32.SafeHandles;

namespace KnSock.Server.Store;

/// <summary>Reads and checks the file of a GOP.</summary>
internal static class GopReader
{
    /// <summary>Reads a GOP. Null and no reason: it is not there. Null and a reason: what is there must not be played.</summary>
    /// <param name="renditionFolder">The rendition's folder, which bears its id.</param>
    /// <param name="renditionId">The id as bytes.</param>
    /// <param name="gop">The GOP's index.</param>
    /// <param name="lastUse">When it was last used.</param>
    /// <param name="damage">Why it must not be played.</param>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static StoredGop? Read(string renditionFolder, ReadOnlySpan<byte> renditionId, int gop, out DateTime lastUse, out string? damage)
    {
        (lastUse, damage) = (default, null);
        try
        {
            using var file = File.OpenHandle(StoreLayout.GopPath(renditionFolder, gop), share: FileShare.ReadWrite | FileShare.Delete);
            lastUse = File.GetLastWriteTimeUtc(file);
            return Read(file, renditionId, gop, out damage);
        }
        catch (Exception e) when (DiskFaults.IsMissing(e))
        {
            return null;
        }
        catch (IOException e)
        {
            damage = $"it cannot be read: {DisplayText.Clean(e.Message)}";
            return null;
        }
    }

    private static StoredGop? Read(SafeFileHandle file, ReadOnlySpan<byte> renditionId, int gop, out string? damage)
    {
        Span<byte> headerBytes = stackalloc byte[GopFile.HeaderSize];
        var read = Fill(file, headerBytes, offset: 0);
        if (!GopFile.TryReadHeader(headerBytes[..read], renditionId, gop, RandomAccess.GetLength(file), out var header, out damage))
        {
            return null;
        }

        var body = new byte[header.BodyLength];
        if (Fill(file, body, GopFile.HeaderSize) < body.Length)
        {
            damage = "it became shorter while it was read";
            return null;
        }

        return GopFile.TryReadBody(headerBytes, header, body, out var media, out damage) ? media : null;
    }

    private static int Fill(SafeFileHandle file, Span<byte> buffer, long offset)
    {
        var filled = 0;
        while (filled < buffer.Length && RandomAccess.Read(file, buffer[filled..], offset + filled) is > 0 and var read)
        {
            filled += read;
        }

        return filled;
    }
}

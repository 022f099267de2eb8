using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace KnSock.Server.Store;

/// <summary>
/// Which file media was made of: its size, the time of its last change, and a hash over samples of its content. A file that was moved is found
/// again; one that was replaced or touched is another. Hashing all of a film would keep a channel from opening for minutes.
/// </summary>
internal sealed record SourceIdentity
{
    private const int BlockSize = 64 * 1024;

    /// <summary>The first block, the last, and 16 between them.</summary>
    private const int Blocks = 18;

    /// <summary>32 hexadecimal digits.</summary>
    public required string Id { get; init; }

    /// <summary>Size in bytes.</summary>
    public required long Size { get; init; }

    /// <summary>Time of the last change, UTC.</summary>
    public required DateTime Modified { get; init; }

    /// <summary>Reads a file's identity.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static Task<SourceIdentity> ReadAsync(string path, CancellationToken cancellationToken) =>
        Task.Run(() => Read(path, cancellationToken), cancellationToken).WaitAsync(cancellationToken);

    /// <summary>Whether this is still the same file as far as size and time tell. False as well when it is gone.</summary>
    public bool StillHolds(string path)
    {
        try
        {
            // By the open file, not by the name: of a symbolic link, the name gives the link's own size and time.
            using var file = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
            return RandomAccess.GetLength(file) == Size && File.GetLastWriteTimeUtc(file) == Modified;
        }
        catch (Exception e) when (DiskFaults.IsFault(e))
        {
            return false;
        }
    }

    private static SourceIdentity Read(string path, CancellationToken cancellationToken)
    {
        using var file = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
        var (size, modified) = (RandomAccess.GetLength(file), File.GetLastWriteTimeUtc(file));
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> facts = stackalloc byte[2 * sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(facts, size);
        BinaryPrimitives.WriteInt64BigEndian(facts[sizeof(long)..], modified.Ticks);
        hash.AppendData(facts);

        var block = new byte[BlockSize];
        foreach (var offset in Offsets(size))
        {
            cancellationToken.ThrowIfCancellationRequested();
            hash.AppendData(block.AsSpan(0, ReadBlock(file, block, offset)));
        }

        return new SourceIdentity { Id = HexId.Of(hash.GetHashAndReset()), Size = size, Modified = modified };
    }

    private static IEnumerable<long> Offsets(long size)
    {
        var whole = size <= (long)Blocks * BlockSize;
        var count = whole ? (int)((size + BlockSize - 1) / BlockSize) : Blocks;
        for (var i = 0; i < count; i++)
        {
            yield return whole ? (long)i * BlockSize : (long)((Int128)(size - BlockSize) * i / (Blocks - 1));
        }
    }

    private static int ReadBlock(Microsoft.Win32.SafeHandles.SafeFileHandle file, byte[] block, long offset)
    {
        var filled = 0;
        while (filled < block.Length && RandomAccess.Read(file, block.AsSpan(filled), offset + filled) is > 0 and var read)
        {
            filled += read;
        }

        return filled;
    }
}

/// <summary>The first 16 bytes of a hash as a name that every file system takes.</summary>
internal static class HexId
{
    public const int Bytes = 16;

    public static string Of(ReadOnlySpan<byte> hash) => Convert.ToHexStringLower(hash[..Bytes]);

    public static bool IsOne(string text) =>
        text.Length == 2 * Bytes && text.All(c => char.IsAsciiDigit(c) || c is >= 'a' and <= 'f');

    public static bool TryReadNumber(ReadOnlySpan<char> digits, out int number) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}

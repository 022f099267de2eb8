using System.Buffers.Binary;
using System.Security.Cryptography;
using KnSock.Fuzz.Engine;
using KnSock.Fuzz.Formats;
using KnSock.Protocol;
using KnSock.Server.Store;

namespace KnSock.Fuzz.Targets;

/// <summary>Files of the store.</summary>
internal sealed class GopFileTarget : FuzzTarget
{
    private const int Gop = 7;
    private const int HashAt = 36;
    private const int CrcAt = HashAt + SHA256.HashSizeInBytes;
    private static readonly byte[] Id = [.. Enumerable.Range(1, 16).Select(i => (byte)i)];

    public override string Name => "gop-file";

    public override IReadOnlyList<byte[]> Words { get; } = ["KNGP"u8.ToArray(), .. Vectors.Hex("frames", "frames")];

    public override IEnumerable<byte[]> Seeds() =>
    [
        GopFile.Compose(Id, Gop, new StoredGop(SampleFrames.Video, [.. SampleFrames.Pictures(0.3)])), GopFile.Compose(Id, Gop, new StoredGop(SampleFrames.Audio, [.. SampleFrames.Sound(0.3)])),
        GopFile.Compose(Id, Gop, new StoredGop(SampleFrames.Audio, [])),
    ];

    public override bool IsExpected(Exception exception) => false;

    /// <summary>Frames first, then the hash over them, then the header's checksum.</summary>
    public override byte[] Repair(byte[] input, Random random)
    {
        if (input.Length < GopFile.HeaderSize)
        {
            return input;
        }

        byte[] bytes = [.. input[..GopFile.HeaderSize], .. FrameRepair.Of(input[GopFile.HeaderSize..], random)];
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(32), bytes.Length - GopFile.HeaderSize);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(bytes.AsSpan(0, HashAt));
        hash.AppendData(bytes.AsSpan(GopFile.HeaderSize));
        hash.GetHashAndReset(bytes.AsSpan(HashAt, SHA256.HashSizeInBytes));
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(CrcAt), FrameHeader.Checksum(bytes.AsSpan(0, CrcAt)));
        return bytes;
    }

    public override void Decode(IReadOnlyList<ReadOnlyMemory<byte>> pieces, Digest result)
    {
        var file = pieces[0];
        var header = file.Span[..Math.Min(file.Length, GopFile.HeaderSize)];
        if (!GopFile.TryReadHeader(header, Id, Gop, file.Length, out var read, out var why))
        {
            result.Add(why);
            return;
        }

        var body = file[GopFile.HeaderSize..];
        if (!GopFile.TryReadBody(header, read, body, out var media, out why))
        {
            result.Add(why);
            return;
        }

        FuzzException.Unless(media.Units.Sum(u => (long)u.Payload.Length) <= body.Length, "more comes out than went in");
        result.Add(media.Units.Count);
    }
}

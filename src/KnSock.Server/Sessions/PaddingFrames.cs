using KnSock.Protocol;

namespace KnSock.Server.Sessions;

/// <summary>Frames without meaning, by which a link is probed; the same memory for all viewers.</summary>
internal static class PaddingFrames
{
    /// <summary>Bytes of one, with its header.</summary>
    public const int Size = 1400;

    private const int Most = 48;

    private static readonly byte[] Bytes = Create();

    /// <summary>Whole frames of no more than so many bytes.</summary>
    public static ReadOnlyMemory<byte> Of(int bytes) => Bytes.AsMemory(0, Math.Min(bytes / Size, Most) * Size);

    private static byte[] Create()
    {
        var bytes = new byte[Most * Size];
        const int length = Size - FrameHeader.Size;
        var header = new FrameHeader { Kind = FrameKind.Padding, Length = length, PayloadChecksum = FrameHeader.Checksum(bytes.AsSpan(0, length)) };
        for (var i = 0; i < Most; i++)
        {
            header.Write(bytes.AsSpan(i * Size));
        }

        return bytes;
    }
}

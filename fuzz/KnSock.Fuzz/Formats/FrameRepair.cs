using System.Buffers.Binary;
using KnSock.Protocol;

namespace KnSock.Fuzz.Formats;

/// <summary>Makes the checksums of frames right again.</summary>
internal static class FrameRepair
{
    /// <summary>Goes from magic to magic and writes what a sender would have: version and checksums; now and then the length, too.</summary>
    public static byte[] Of(byte[] input, Random random)
    {
        var bytes = (byte[])input.Clone();
        for (var at = Next(bytes, 0); at >= 0; at = Next(bytes, at + 4))
        {
            // One in a while is left as it is.
            if (random.Next(8) > 0)
            {
                Repair(bytes.AsSpan(at), fitsLength: random.Next(3) > 0);
            }
        }

        return bytes;
    }

    private static void Repair(Span<byte> frame, bool fitsLength)
    {
        frame[4] = ProtocolLimits.Version;
        var most = frame.Length - FrameHeader.Size;
        if (fitsLength)
        {
            var next = frame[4..].IndexOf("KNSK"u8);
            BinaryPrimitives.WriteInt32BigEndian(frame[12..], Math.Max(0, next < 0 ? most : next + 4 - FrameHeader.Size));
        }

        if (BinaryPrimitives.ReadInt32BigEndian(frame[12..]) is >= 0 and var length && length <= most)
        {
            BinaryPrimitives.WriteUInt32BigEndian(frame[36..], FrameHeader.Checksum(frame.Slice(FrameHeader.Size, length)));
        }

        BinaryPrimitives.WriteUInt32BigEndian(frame[40..], FrameHeader.Checksum(frame[..40]));
    }

    private static int Next(byte[] bytes, int from)
    {
        var found = from + FrameHeader.Size > bytes.Length ? -1 : bytes.AsSpan(from).IndexOf("KNSK"u8);
        return found < 0 || from + found + FrameHeader.Size > bytes.Length ? -1 : from + found;
    }
}

using System.Buffers.Binary;

namespace KnSock.Player.Decoding;

/// <summary>The shape of a sample of length-prefixed NAL units (ISO 14496-15, 5.3.4.2), checked before a decoder sees it.</summary>
internal static class AvccPayload
{
    private const int HighestSlice = 5;

    /// <summary>Bytes in a length prefix, from an AVCDecoderConfigurationRecord; 0 where it is not one.</summary>
    public static int LengthSize(ReadOnlySpan<byte> setup)
    {
        const int headLength = 7;
        return setup.Length < headLength || setup[0] != 1 ? 0 : (setup[4] & 3) switch
        {
            0 => 1,
            1 => 2,
            3 => 4,
            _ => 0,
        };
    }

    /// <summary>Whether the lengths add up to the whole payload and a picture is among the units.</summary>
    public static bool IsWellFormed(ReadOnlySpan<byte> payload, int lengthSize)
    {
        var hasPicture = false;
        while (!payload.IsEmpty)
        {
            if (payload.Length <= lengthSize)
            {
                return false;
            }

            var length = ReadLength(payload, lengthSize);
            if (length == 0 || length > (uint)(payload.Length - lengthSize))
            {
                return false;
            }

            var header = payload[lengthSize];
            var kind = header & 0x1f;
            hasPicture |= kind is >= 1 and <= HighestSlice;
            if ((header & 0x80) != 0)
            {
                return false;
            }

            payload = payload[(lengthSize + (int)length)..];
        }

        return hasPicture;
    }

    private static uint ReadLength(ReadOnlySpan<byte> payload, int lengthSize) => lengthSize switch
    {
        1 => payload[0],
        2 => BinaryPrimitives.ReadUInt16BigEndian(payload),
        _ => BinaryPrimitives.ReadUInt32BigEndian(payload),
    };
}

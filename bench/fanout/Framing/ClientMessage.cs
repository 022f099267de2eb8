using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace KnSock.Fanout.Framing;

/// <summary>Writes a text message of a WebSocket as clients send it: masked (RFC 6455, 5.2 and 5.3).</summary>
public static class ClientMessage
{
    /// <summary>What lies in front of the content at most.</summary>
    public const int LongestHeader = 8;

    private const byte WholeText = 0x81;
    private const byte Masked = 0x80;
    private const int LongestShort = 125;
    private const byte TwoBytesOfLength = 126;

    /// <summary>Any will do where no browser has to be kept from writing what it likes to a proxy.</summary>
    private const uint Mask = 0x5A3C_96E1;

    /// <summary>Writes it and gives its length.</summary>
    /// <param name="destination">Room for it.</param>
    /// <param name="text">The content, at most 65,535 bytes.</param>
    public static int Write(Span<byte> destination, ReadOnlySpan<byte> text)
    {
        destination[0] = WholeText;
        var header = 2;
        if (text.Length <= LongestShort)
        {
            destination[1] = (byte)(Masked | text.Length);
        }
        else
        {
            destination[1] = Masked | TwoBytesOfLength;
            BinaryPrimitives.WriteUInt16BigEndian(destination[header..], checked((ushort)text.Length));
            header += sizeof(ushort);
        }

        MemoryMarshal.Write(destination[header..], Mask);
        header += sizeof(uint);
        Cover(text, destination.Slice(header, text.Length));
        return header + text.Length;
    }

    private static void Cover(ReadOnlySpan<byte> text, Span<byte> covered)
    {
        var from = MemoryMarshal.Cast<byte, uint>(text);
        var to = MemoryMarshal.Cast<byte, uint>(covered);
        for (var i = 0; i < from.Length; i++)
        {
            to[i] = from[i] ^ Mask;
        }

        Span<byte> mask = stackalloc byte[sizeof(uint)];
        MemoryMarshal.Write(mask, Mask);
        for (var i = from.Length * sizeof(uint); i < text.Length; i++)
        {
            covered[i] = (byte)(text[i] ^ mask[i % sizeof(uint)]);
        }
    }
}

using System.Numerics;
using System.Runtime.InteropServices;

namespace KnSock.Fanout.Framing;

/// <summary>CRC-32C of bytes that come in pieces (RFC 9260, appendix A).</summary>
internal struct RunningChecksum()
{
    private uint _crc = uint.MaxValue;

    /// <summary>The checksum of all bytes so far.</summary>
    public readonly uint Value => ~_crc;

    /// <summary>Goes on with these bytes.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        var crc = _crc;
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (var word in words)
        {
            crc = BitOperations.Crc32C(crc, BitConverter.IsLittleEndian ? word : System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(word));
        }

        foreach (var b in bytes[(words.Length * sizeof(ulong))..])
        {
            crc = BitOperations.Crc32C(crc, b);
        }

        _crc = crc;
    }
}

using System.Buffers.Binary;

namespace KnSock.Media.Mp4;

/// <summary>Composes boxes in memory; the size of a box is filled in when it ends.</summary>
internal sealed class BoxWriter
{
    private byte[] _buffer = new byte[2048];
    private int _length;

    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _length);

    public int Length => _length;

    public void Clear() => _length = 0;

    /// <summary>Begins a box; it ends when what is returned is disposed of.</summary>
    public OpenBox Box(uint type)
    {
        var start = _length;
        UInt32(0);
        UInt32(type);
        return new OpenBox(this, start);
    }

    /// <summary>Begins a full box (ISO 14496-12, 4.2).</summary>
    public OpenBox FullBox(uint type, byte version = 0, uint flags = 0)
    {
        var box = Box(type);
        UInt32(((uint)version << 24) | flags);
        return box;
    }

    public void UInt8(byte value) => Reserve(1)[0] = value;

    public void UInt16(ushort value) => BinaryPrimitives.WriteUInt16BigEndian(Reserve(2), value);

    public void UInt32(uint value) => BinaryPrimitives.WriteUInt32BigEndian(Reserve(4), value);

    public void Int32(int value) => BinaryPrimitives.WriteInt32BigEndian(Reserve(4), value);

    public void UInt64(ulong value) => BinaryPrimitives.WriteUInt64BigEndian(Reserve(8), value);

    public void Zeros(int count) => Reserve(count).Clear();

    public void Bytes(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Reserve(bytes.Length));

    /// <summary>Overwrites a number written before.</summary>
    public void Patch(int position, uint value) => BinaryPrimitives.WriteUInt32BigEndian(_buffer.AsSpan(position, 4), value);

    private Span<byte> Reserve(int count)
    {
        if (_buffer.Length - _length < count)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + count));
        }

        _length += count;
        return _buffer.AsSpan(_length - count, count);
    }

    /// <summary>A box that was begun.</summary>
    public readonly ref struct OpenBox(BoxWriter writer, int start)
    {
        public void Dispose() => writer.Patch(start, (uint)(writer.Length - start));
    }
}

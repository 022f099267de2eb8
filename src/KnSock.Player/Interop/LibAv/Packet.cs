namespace KnSock.Player.Interop.LibAv;

/// <summary>An AVPacket: one encoded frame on its way into a decoder.</summary>
internal sealed unsafe class Packet : NativeStructure
{
    public ref long Pts => ref Field<long>(LibAvLayout.PacketPts);

    public ref long Dts => ref Field<long>(LibAvLayout.PacketDts);

    public int Size => Field<int>(LibAvLayout.PacketSize);

    public bool HasData => Field<nint>(LibAvLayout.PacketData) != 0;

    /// <summary>Replaces what the packet holds by a copy of these bytes, padded as decoders need it.</summary>
    public void Fill(ReadOnlySpan<byte> payload, long pts, long dts)
    {
        LibAvImports.EmptyPacket(this);
        LibAvError.ThrowIfFailed(LibAvImports.FillPacket(this, payload.Length), "no memory for a packet");
        payload.CopyTo(new Span<byte>((void*)Field<nint>(LibAvLayout.PacketData), payload.Length));
        (Pts, Dts) = (pts, dts);
    }

    protected override bool ReleaseHandle()
    {
        LibAvImports.FreePacket(ref handle);
        return true;
    }
}

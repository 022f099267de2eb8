using System.Runtime.InteropServices;

namespace KnSock.Player.Interop.LibAv;

/// <summary>A structure that the library allocates and frees, with fields read and written at their offsets.</summary>
internal abstract unsafe class NativeStructure() : SafeHandle(0, ownsHandle: true)
{
    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    protected ref T Field<T>(int offset) where T : unmanaged
    {
        ObjectDisposedException.ThrowIf(IsClosed || IsInvalid, this);
        return ref *(T*)(handle + offset);
    }
}

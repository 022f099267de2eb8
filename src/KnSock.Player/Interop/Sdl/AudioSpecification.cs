using System.Runtime.InteropServices;

namespace KnSock.Player.Interop.Sdl;

/// <summary>SDL_AudioSpec.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct AudioSpecification
{
    public int SampleRate;
    public ushort Format;
    public byte Channels;
    public byte Silence;
    public ushort Samples;
    private readonly ushort _padding;
    public uint Size;
    public delegate* unmanaged[Cdecl]<nint, byte*, int, void> Callback;
    public nint UserData;
}

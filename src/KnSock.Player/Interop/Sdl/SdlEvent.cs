using System.Runtime.InteropServices;

namespace KnSock.Player.Interop.Sdl;

/// <summary>SDL_Event: the fields of the kinds that are looked at. The union has 56 bytes; some more do no harm.</summary>
[StructLayout(LayoutKind.Explicit, Size = 128)]
internal struct SdlEvent
{
    [FieldOffset(0)]
    public SdlEventKind Kind;

    /// <summary>SDL_WindowEvent.event.</summary>
    [FieldOffset(12)]
    public SdlWindowChange WindowChange;

    /// <summary>SDL_KeyboardEvent.repeat.</summary>
    [FieldOffset(13)]
    public byte KeyRepeat;

    /// <summary>SDL_KeyboardEvent.keysym.sym.</summary>
    [FieldOffset(20)]
    public int Key;

    /// <summary>SDL_KeyboardEvent.keysym.mod.</summary>
    [FieldOffset(24)]
    public ushort KeyModifiers;

    /// <summary>SDL_MouseButtonEvent.button; 1 is the left one.</summary>
    [FieldOffset(16)]
    public byte MouseButton;

    /// <summary>SDL_MouseButtonEvent.clicks.</summary>
    [FieldOffset(18)]
    public byte MouseClicks;
}

/// <summary>SDL_EventType.</summary>
internal enum SdlEventKind : uint
{
    None = 0,
    Quit = 0x100,
    Window = 0x200,
    KeyDown = 0x300,
    MouseDown = 0x401,
    TargetsReset = 0x2000,
    DeviceReset = 0x2001,

    /// <summary>Pushed by another thread that left something to do.</summary>
    Wake = 0x8000,
}

/// <summary>SDL_WindowEventID.</summary>
internal enum SdlWindowChange : byte
{
    None = 0,
    Shown = 1,
    Hidden = 2,
    Exposed = 3,
    Resized = 6,
    Minimized = 7,
    Maximized = 8,
    Restored = 9,
    Close = 14,
}

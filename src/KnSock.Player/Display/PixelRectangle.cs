using System.Runtime.InteropServices;

namespace KnSock.Player.Display;

/// <summary>A rectangle in pixels, laid out as SDL_Rect.</summary>
/// <param name="X">Left edge.</param>
/// <param name="Y">Upper edge.</param>
/// <param name="Width">Width.</param>
/// <param name="Height">Height.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct PixelRectangle(int X, int Y, int Width, int Height);

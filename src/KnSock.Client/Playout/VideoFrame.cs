using System.Buffers;
using KnSock.Media;

namespace KnSock.Client.Playout;

/// <summary>A decoded picture: 8-bit YUV 4:2:0 in three planes (I420), limited range.</summary>
/// <remarks>The planes come from a pool and go back to it on <see cref="Dispose"/>; whoever holds the frame disposes of it, once.</remarks>
public sealed class VideoFrame : IDisposable
{
    private byte[]? _pixels;

    private VideoFrame(int width, int height, Timestamp pts, ColorMatrix? matrix)
    {
        (Width, Height, Pts, Matrix) = (width, height, pts, matrix);
        _pixels = ArrayPool<byte>.Shared.Rent(LumaSize + (2 * ChromaSize));
    }

    /// <summary>Takes a frame from the pool. Its pixels are whatever they were.</summary>
    /// <param name="width">Width in pixels.</param>
    /// <param name="height">Height in pixels.</param>
    /// <param name="pts">When it is presented.</param>
    /// <param name="matrix">How its colours are coded, where that is known.</param>
    public static VideoFrame Rent(int width, int height, Timestamp pts, ColorMatrix? matrix = null) => new(width, height, pts, matrix);

    /// <summary>Width in pixels.</summary>
    public int Width { get; }

    /// <summary>Height in pixels.</summary>
    public int Height { get; }

    /// <summary>When it is presented, on the viewer's timeline.</summary>
    public Timestamp Pts { get; }

    /// <summary>How its colours are coded. Null: nothing says so; then as is usual, in high definition by BT.709 and below it by BT.601.</summary>
    public ColorMatrix? Matrix { get; }

    /// <summary>Bytes in a row of <see cref="U"/> and <see cref="V"/>; a row of <see cref="Y"/> has <see cref="Width"/>.</summary>
    public int ChromaWidth => (Width + 1) / 2;

    /// <summary>Rows of <see cref="U"/> and <see cref="V"/>.</summary>
    public int ChromaHeight => (Height + 1) / 2;

    /// <summary>Luma, rows without padding.</summary>
    public Span<byte> Y => Pixels.AsSpan(0, LumaSize);

    /// <summary>Blue difference, a quarter of the size, rows without padding.</summary>
    public Span<byte> U => Pixels.AsSpan(LumaSize, ChromaSize);

    /// <summary>Red difference, a quarter of the size, rows without padding.</summary>
    public Span<byte> V => Pixels.AsSpan(LumaSize + ChromaSize, ChromaSize);

    private int LumaSize => Width * Height;

    private int ChromaSize => ChromaWidth * ChromaHeight;

    private byte[] Pixels => _pixels ?? throw new ObjectDisposedException(nameof(VideoFrame));

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _pixels, null) is { } pixels)
        {
            ArrayPool<byte>.Shared.Return(pixels);
        }
    }
}

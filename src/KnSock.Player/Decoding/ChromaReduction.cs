using KnSock.Client.Playout;
using KnSock.Player.Interop.LibAv;

namespace KnSock.Player.Decoding;

/// <summary>Copies decoded pictures into 4:2:0, which every <see cref="VideoFrame"/> is; JPEG files may have twice or four times the chroma, or none.</summary>
internal static class ChromaReduction
{
    private const byte NoColour = 128;

    /// <summary>Copies a picture; of chroma that there is more of, the mean of neighbours.</summary>
    public static void Copy(DecodedFrame source, PixelFormat format, VideoFrame target)
    {
        for (var row = 0; row < target.Height; row++)
        {
            source.Row(0, row, target.Width).CopyTo(target.Y[(row * target.Width)..]);
        }

        if (format.ColumnsEach == 0)
        {
            target.U.Fill(NoColour);
            target.V.Fill(NoColour);
            return;
        }

        CopyChroma(source, 1, format, target, target.U);
        CopyChroma(source, 2, format, target, target.V);
    }

    private static void CopyChroma(DecodedFrame source, int plane, PixelFormat format, VideoFrame target, Span<byte> pixels)
    {
        var (across, down) = (2 / format.ColumnsEach, 2 / format.RowsEach);
        var width = across == 1 ? target.ChromaWidth : target.Width;
        var height = down == 1 ? target.ChromaHeight : target.Height;
        for (var row = 0; row < target.ChromaHeight; row++)
        {
            var upper = source.Row(plane, row * down, width);
            var into = pixels.Slice(row * target.ChromaWidth, target.ChromaWidth);
            if (across == 1 && down == 1)
            {
                upper.CopyTo(into);
                continue;
            }

            var lower = source.Row(plane, Math.Min((row * down) + down - 1, height - 1), width);
            for (var column = 0; column < into.Length; column++)
            {
                var (left, right) = (column * across, Math.Min((column * across) + across - 1, width - 1));
                into[column] = (byte)((upper[left] + upper[right] + lower[left] + lower[right] + 2) / 4);
            }
        }
    }
}

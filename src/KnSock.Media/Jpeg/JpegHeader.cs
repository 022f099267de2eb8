using System.Buffers.Binary;

namespace KnSock.Media.Jpeg;

/// <summary>Reads what stands before the picture itself in a JPEG file (ITU-T T.81, annex B).</summary>
public static class JpegHeader
{
    private const byte FirstFrame = 0xC0;
    private const byte LastFrame = 0xCF;
    private const byte StartOfScan = 0xDA;

    /// <summary>Among the codes of frames, these are of tables and of nothing.</summary>
    private static ReadOnlySpan<byte> NoFrames => [0xC4, 0xC8, 0xCC];

    /// <summary>The size of the picture. False where the file does not begin as one, or has no size above zero before its first scan.</summary>
    /// <param name="file">The file, from its start of image on.</param>
    /// <param name="width">Width in pixels.</param>
    /// <param name="height">Height in pixels.</param>
    public static bool TryReadSize(ReadOnlySpan<byte> file, out int width, out int height)
    {
        (width, height) = (0, 0);
        if (!file.StartsWith<byte>([0xFF, 0xD8]))
        {
            return false;
        }

        var rest = file[2..];
        while (rest.Length >= 4 && rest[0] == 0xFF && rest[1] != StartOfScan)
        {
            var (code, length) = (rest[1], BinaryPrimitives.ReadUInt16BigEndian(rest[2..]));
            if (length < 2 || rest.Length < 2 + length)
            {
                return false;
            }

            if (code is >= FirstFrame and <= LastFrame && !NoFrames.Contains(code))
            {
                return TryReadFrame(rest.Slice(4, length - 2), out width, out height);
            }

            rest = rest[(2 + length)..];
        }

        return false;
    }

    private static bool TryReadFrame(ReadOnlySpan<byte> frame, out int width, out int height)
    {
        (width, height) = (0, 0);
        if (frame.Length < 6)
        {
            return false;
        }

        (height, width) = (BinaryPrimitives.ReadUInt16BigEndian(frame[1..]), BinaryPrimitives.ReadUInt16BigEndian(frame[3..]));
        return width > 0 && height > 0;
    }
}

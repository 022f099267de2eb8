using System.Buffers.Binary;

namespace KnSock.Testing.Videos;

/// <summary>Writes into an MP4 that its picture is shown turned by a quarter, as phones do. Versions of ffmpeg differ in how they are told to.</summary>
internal static class RotationMatrix
{
    // From the type of the box to its matrix, in version 0 (ISO 14496-12, 8.3.2).
    private const int MatrixOffset = 44;

    public static async Task TurnPictureAsync(string path)
    {
        var bytes = await File.ReadAllBytesAsync(path);
        var header = bytes.AsSpan().IndexOf("tkhd"u8);
        var height = BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(header + MatrixOffset + 40));
        int[] matrix = [0, 1 << 16, 0, -(1 << 16), 0, 0, height, 0, 1 << 30];
        for (var i = 0; i < matrix.Length; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(header + MatrixOffset + (4 * i)), matrix[i]);
        }

        await File.WriteAllBytesAsync(path, bytes);
    }
}

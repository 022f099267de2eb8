using KnSock.Client.Playout;

namespace KnSock.Player.Decoding;

/// <summary>Turns pictures that use all 256 levels (as phones record them) into limited range, which every <see cref="VideoFrame"/> has.</summary>
internal static class FullRange
{
    private static readonly byte[] Luma = Table(level => 16 + (level * 219 / 255.0));
    private static readonly byte[] Chroma = Table(level => 128 + ((level - 128) * 224 / 255.0));

    public static void Limit(VideoFrame frame)
    {
        Map(frame.Y, Luma);
        Map(frame.U, Chroma);
        Map(frame.V, Chroma);
    }

    private static void Map(Span<byte> plane, byte[] table)
    {
        foreach (ref var level in plane)
        {
            level = table[level];
        }
    }

    private static byte[] Table(Func<int, double> map) => [.. Enumerable.Range(0, 256).Select(level => (byte)Math.Round(map(level)))];
}

using System.Buffers.Binary;
using KnSock.Protocol.Legacy;

namespace KnSock.Fuzz.Formats;

/// <summary>Makes the lengths and times on kn-sock's wire fit again after bytes were put in or taken out.</summary>
internal static class LegacyRepair
{
    private static readonly byte[] StartOfImage = [0xFF, 0xD8, 0xFF];

    /// <summary>Goes from magic to magic: a length up to the next one, and a time near that before.</summary>
    public static byte[] OfSound(byte[] input, Random random) => Of(input, random, LegacyAudioHeader.Magic.ToArray(), startsAt: 0, LegacyAudioHeader.Size);

    /// <summary>Goes from picture to picture, each of which has a header before it.</summary>
    public static byte[] OfPictures(byte[] input, Random random) => Of(input, random, StartOfImage, startsAt: LegacyPictureHeader.Size, LegacyPictureHeader.Size);

    /// <param name="input">A stream.</param>
    /// <param name="random">Leaves one or the other as it is.</param>
    /// <param name="mark">Tells where frames are.</param>
    /// <param name="startsAt">How far behind the start of a frame the mark stands.</param>
    /// <param name="header">Bytes of a header; its last ones are time and length.</param>
    private static byte[] Of(byte[] input, Random random, byte[] mark, int startsAt, int header)
    {
        var bytes = (byte[])input.Clone();
        var starts = Enumerable.Range(0, bytes.Length).Where(i => bytes.AsSpan(i).StartsWith(mark)).Select(i => i - startsAt).Where(i => i >= 0 && i + header <= bytes.Length).ToList();
        var time = BitConverter.Int64BitsToDouble(random.NextInt64()) is >= 0 and <= 1e11 and var any ? any : 1000;
        foreach (var (start, next) in starts.Zip([.. starts.Skip(1), bytes.Length]))
        {
            var frame = bytes.AsSpan(start);
            if (random.Next(3) > 0)
            {
                BinaryPrimitives.WriteInt32BigEndian(frame[(header - sizeof(int))..], Math.Max(0, next - start - header));
            }

            time += random.NextDouble() / 10;
            if (random.Next(3) > 0)
            {
                BinaryPrimitives.WriteDoubleBigEndian(frame[(header - sizeof(int) - sizeof(double))..], time);
            }
        }

        return bytes;
    }
}

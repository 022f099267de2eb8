using System.Buffers;
using KnSock.Client.Connection.Legacy;
using KnSock.Fuzz.Engine;
using KnSock.Fuzz.Formats;
using KnSock.Media;
using KnSock.Media.Jpeg;
using KnSock.Protocol;
using KnSock.Protocol.Legacy;

namespace KnSock.Fuzz.Targets;

/// <summary>The pictures of a kn-sock server, what their headers say, and the places that they are given on the viewer's timeline.</summary>
internal sealed class LegacyVideoTarget : FuzzTarget
{
    private const int LongestSide = 65_535;
    private static readonly TimeSpan LongestStep = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(33);

    /// <summary>The shortest file with a size in it: start, frame header (ITU-T T.81, B.2.2), end.</summary>
    private static readonly byte[] Jpeg =
        [0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 1, 2, 0xFF, 0xC0, 0, 17, 8, 0x02, 0xD0, 0x05, 0x00, 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1, 0xFF, 0xDA, 0, 2, 7, 9, 0xFF, 0xD9];

    public override string Name => "legacy-video";

    public override bool IsStream => true;

    public override IReadOnlyList<byte[]> Words { get; } = [[0xFF, 0xD8, 0xFF], [0xFF, 0xD9], [0xFF, 0xD9, .. Picture(1.5)], Jpeg, .. Vectors.Hex("legacy", "pictureHeaders", "refusedPictureHeaders")];

    public override IEnumerable<byte[]> Seeds() => [.. Vectors.Hex("legacy", "pictureStreams"), [.. Enumerable.Range(0, 4).SelectMany(i => Picture(20 + (i / 32.0)))]];

    public override byte[] Repair(byte[] input, Random random) => LegacyRepair.OfPictures(input, random);

    public override long AllocationLimit(int length) => (16 * 1024) + (64L * length);

    public override bool IsExpected(Exception exception) => exception is ProtocolException { Code: ProtocolErrorCode.Malformed };

    public override void Decode(IReadOnlyList<ReadOnlyMemory<byte>> pieces, Digest result)
    {
        var (reader, timeline) = (new LegacyPictureReader(), new PictureTimeline());
        var (given, total, now) = (0L, pieces.Sum(p => (long)p.Length), TimeSpan.Zero);
        Timestamp? last = null;
        var left = Feeding.All(pieces, (ref ReadOnlySequence<byte> buffer) =>
        {
            if (!reader.TryRead(ref buffer, out var picture))
            {
                return false;
            }

            var jpeg = picture.Jpeg.ToArray();
            FuzzException.Unless(jpeg.AsSpan().StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]) && jpeg.AsSpan().EndsWith((ReadOnlySpan<byte>)[0xFF, 0xD9]), "what comes out is no JPEG file");
            given += LegacyPictureHeader.Size + jpeg.Length;
            result.Add(jpeg);
            result.Add(BitConverter.DoubleToInt64Bits(picture.Time));
            AddSize(jpeg, result);
            now += Interval;
            var pts = timeline.Place(picture.Time, now);
            FuzzException.Unless(last is not { } before || (pts > before && pts - before <= LongestStep), "a picture goes back, or too far on");
            FuzzException.Unless(timeline.Period > TimeSpan.Zero && double.IsFinite(timeline.FrameRate), "a rate is none");
            result.Add(pts.Microseconds);
            last = pts;
            return true;
        });
        FuzzException.Unless(given + reader.SkippedBytes + left.Length == total, "bytes are neither in a picture nor passed over nor left");
        result.Add(reader.SkippedBytes);
        result.Add(reader.Resynchronisations);
    }

    private static void AddSize(byte[] jpeg, Digest result)
    {
        if (JpegHeader.TryReadSize(jpeg, out var width, out var height))
        {
            FuzzException.Unless(width is > 0 and <= LongestSide && height is > 0 and <= LongestSide, "a picture has no size");
            result.Add(((long)width << 32) | (uint)height);
        }
    }

    private static byte[] Picture(double time)
    {
        var bytes = new byte[LegacyPictureHeader.Size];
        LegacyPictureHeader.Write(bytes, time, Jpeg.Length);
        return [.. bytes, .. Jpeg];
    }
}

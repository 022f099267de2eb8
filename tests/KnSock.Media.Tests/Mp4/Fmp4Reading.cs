using KnSock.Testing;
using System.Buffers;
using KnSock.Media.Mp4;

namespace KnSock.Media.Tests.Mp4;

/// <summary>A sample with its bytes copied out of the reader's input.</summary>
internal sealed record CopiedSample(long Dts, long Pts, uint Duration, bool IsKeyframe, byte[] Payload, int Track = 0)
{
    public bool Equals(CopiedSample? other) =>
        other is not null && (Dts, Pts, Duration, IsKeyframe, Track) == (other.Dts, other.Pts, other.Duration, other.IsKeyframe, other.Track)
        && Payload.AsSpan().SequenceEqual(other.Payload);

    public override int GetHashCode() => HashCode.Combine(Dts, Pts, Payload.Length);

    public override string ToString() => $"sample at {Dts} shown at {Pts}, {Payload.Length} bytes";
}

/// <summary>Feeds bytes to a reader, whole or in pieces.</summary>
internal static class Fmp4Reading
{
    public static List<CopiedSample> ReadAll(byte[] stream, Fmp4Reader reader) => ReadPieces([stream], reader, out _);

    /// <summary>Gives the reader one piece after another, keeping what it leaves, as a pipe does.</summary>
    public static List<CopiedSample> ReadPieces(IEnumerable<byte[]> pieces, Fmp4Reader reader, out long left)
    {
        var samples = new List<CopiedSample>();
        var pending = new List<ReadOnlyMemory<byte>>();
        foreach (var piece in pieces)
        {
            pending.Add(piece);
            var buffer = Segments.Join(pending);
            while (reader.TryRead(ref buffer, out var sample))
            {
                samples.Add(new(sample.Dts, sample.Pts, sample.Duration, sample.IsKeyframe, sample.Payload.ToArray(), sample.Track));
            }

            pending = [.. Segments.Split(buffer)];
        }

        left = pending.Sum(p => (long)p.Length);
        return samples;
    }
}

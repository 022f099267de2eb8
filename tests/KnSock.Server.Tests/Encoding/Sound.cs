using System.Runtime.InteropServices;
using KnSock.Media;
using KnSock.Testing.Processes;

namespace KnSock.Server.Tests.Encoding;

/// <summary>AAC units decoded by the real ffmpeg.</summary>
internal static class Sound
{
    /// <summary>The left channel, 1,024 samples for each unit.</summary>
    public static async Task<float[]> DecodeAsync(IEnumerable<AccessUnit> units)
    {
        var path = Path.Combine(Path.GetTempPath(), $"knsock-{Guid.NewGuid():N}.aac");
        try
        {
            await File.WriteAllBytesAsync(path, [.. units.SelectMany(WithAdts)]);
            var bytes = await Command.RunForBytesAsync(
                "ffmpeg", "-v", "error", "-i", path, "-af", "pan=mono|c0=c0", "-f", "f32le", "pipe:1");
            return MemoryMarshal.Cast<byte, float>(bytes).ToArray();
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>The shift at which two stretches of sound are most alike, and how alike they are there (1: the same).</summary>
    public static (int Lag, double Likeness) Align(ReadOnlySpan<float> a, ReadOnlySpan<float> b, int most)
    {
        var best = (Lag: 0, Likeness: double.MinValue);
        for (var lag = -most; lag <= most; lag++)
        {
            var (ab, aa, bb) = (0.0, 1e-12, 1e-12);
            for (var i = most; i < Math.Min(a.Length, b.Length) - most; i++)
            {
                var (x, y) = (a[i], b[i + lag]);
                (ab, aa, bb) = (ab + (x * y), aa + (x * x), bb + (y * y));
            }

            var likeness = ab / Math.Sqrt(aa * bb);
            best = likeness > best.Likeness ? (lag, likeness) : best;
        }

        return best;
    }

    /// <summary>The middle of the energy around the loudest sample, in samples.</summary>
    public static double Loudest(float[] samples)
    {
        var peak = Array.IndexOf(samples, samples.MaxBy(Math.Abs));
        var (sum, weighted) = (0.0, 0.0);
        for (var i = Math.Max(0, peak - 480); i < Math.Min(samples.Length, peak + 480); i++)
        {
            var energy = samples[i] * samples[i];
            (sum, weighted) = (sum + energy, weighted + (energy * i));
        }

        return weighted / sum;
    }

    /// <summary>ISO 14496-3, 1.A.2.2: AAC LC at 48 kHz in stereo.</summary>
    private static byte[] WithAdts(AccessUnit unit)
    {
        var length = unit.Payload.Length + 7;
        return
        [
            0xFF, 0xF1, 0x4C, (byte)(0x80 | (length >> 11)), (byte)(length >> 3), (byte)((length << 5) | 0x1F), 0xFC, .. unit.Payload.Span,
        ];
    }
}

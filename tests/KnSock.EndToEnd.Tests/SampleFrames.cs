using System.Diagnostics;
using KnSock.Testing.Videos;

namespace KnSock.EndToEnd.Tests;

/// <summary>All frames of a video, small and grey, to find out which of them a picture is.</summary>
internal sealed class SampleFrames
{
    private const int Width = 160;
    private const int Height = 90;

    private readonly byte[] _frames;

    private SampleFrames(byte[] frames) => _frames = frames;

    private int Count => _frames.Length / (Width * Height);

    public static async Task<SampleFrames> LoadAsync(TestVideo video)
    {
        string[] arguments =
        [
            "-v", "error", "-nostdin", "-i", await video.GetPathAsync(), "-vf", $"scale={Width}:{Height}:flags=area", "-pix_fmt", "gray", "-f", "rawvideo", "-",
        ];
        using var ffmpeg = Process.Start(new ProcessStartInfo("ffmpeg", arguments) { UseShellExecute = false, RedirectStandardOutput = true })!;
        using var frames = new MemoryStream();
        await ffmpeg.StandardOutput.BaseStream.CopyToAsync(frames);
        await ffmpeg.WaitForExitAsync();
        return new SampleFrames(frames.ToArray());
    }

    /// <summary>A picture as small as the frames, so that it can be kept and looked at later.</summary>
    public static byte[] Shrink(ReadOnlySpan<byte> luma, int width, int height)
    {
        var small = new byte[Width * Height];
        for (var y = 0; y < Height; y++)
        {
            for (var x = 0; x < Width; x++)
            {
                var (left, right) = (x * width / Width, Math.Max((x * width / Width) + 1, (x + 1) * width / Width));
                var (top, bottom) = (y * height / Height, Math.Max((y * height / Height) + 1, (y + 1) * height / Height));
                var sum = 0;
                for (var row = top; row < bottom; row++)
                {
                    foreach (var pixel in luma.Slice((row * width) + left, right - left))
                    {
                        sum += pixel;
                    }
                }

                small[(y * Width) + x] = (byte)(sum / ((bottom - top) * (right - left)));
            }
        }

        return small;
    }

    /// <summary>The number of the frame that a picture resembles most.</summary>
    public int Find(ReadOnlySpan<byte> small)
    {
        var (best, least) = (-1, long.MaxValue);
        for (var number = 0; number < Count; number++)
        {
            var frame = _frames.AsSpan(number * small.Length, small.Length);
            var distance = 0L;
            for (var i = 0; i < small.Length && distance < least; i++)
            {
                distance += Math.Abs(small[i] - frame[i]);
            }

            (best, least) = distance < least ? (number, distance) : (best, least);
        }

        return best;
    }
}

using KnSock.Media;
using KnSock.Simulation.Media;

namespace KnSock.Simulation.Tests.Media;

/// <summary>Media of which each GOP weighs the same: a keyframe as heavy as six pictures, and twenty-nine pictures in their order.</summary>
internal static class EvenMedia
{
    private static readonly (string Name, int Height, int BitsPerSecond)[] Rungs = [("240p", 240, 160_000), ("480p", 480, 1_200_000), ("1080p", 1080, 4_800_000)];

    public static MediaSizes Create(int seconds) => new()
    {
        FrameRate = new FrameRate(30, 1),
        GopFrames = 30,
        SoundBitsPerSecond = 96_000,
        Sound = [.. Enumerable.Repeat(256, 200)],
        Rungs =
        [
            .. Rungs.Select(r => new RungSizes
            {
                Name = r.Name,
                Width = r.Height * 16 / 9,
                Height = r.Height,
                BitsPerSecond = r.BitsPerSecond,
                Pictures = [.. Enumerable.Range(0, seconds * 30).Select(i => new PictureSize(r.BitsPerSecond / 8 / 35 * (i % 30 == 0 ? 6 : 1), 0))],
            }),
        ],
    };
}

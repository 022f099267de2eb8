using KnSock.Media;

namespace KnSock.Server.Sources;

/// <summary>Chooses the constant rate at which a source is played.</summary>
internal static class SourceFrameRate
{
    private static readonly FrameRate Fallback = new(25, 1);

    /// <summary>Rates to which a rate without a sensible clock is brought: the lowest of these that loses no frame on average.</summary>
    private static readonly FrameRate[] Common = [new(15, 1), new(24, 1), new(25, 1), new(30, 1), new(50, 1), new(60, 1)];

    /// <summary>The source's own rate where it has a sensible one, otherwise the next common one.</summary>
    /// <param name="lowestCommon">ffprobe's <c>r_frame_rate</c>: the lowest rate that can represent all timestamps.</param>
    /// <param name="average">ffprobe's <c>avg_frame_rate</c>.</param>
    public static FrameRate Choose(FrameRate? lowestCommon, FrameRate? average)
    {
        if ((average ?? lowestCommon) is not { PerSecond: >= 1 and < 1000 } mean)
        {
            return Fallback;
        }

        // A constant rate shows as both being the same. A variable one with a sensible clock is brought to the clock's rate, which loses no
        // frame; one whose clock is far finer than its frames, to the next common rate above the mean.
        return lowestCommon is { } lowest && lowest.PerSecond >= mean.PerSecond * 0.99 && lowest.PerSecond <= Math.Max(60.01, mean.PerSecond * 1.01)
            ? lowest
            : Common.FirstOrDefault(r => r.PerSecond >= mean.PerSecond * 0.99, Common[^1]);
    }

    /// <summary>The rate halved until it is no higher than <paramref name="max"/>.</summary>
    public static FrameRate Cap(FrameRate rate, int max)
    {
        while (rate.PerSecond > max * 1.001)
        {
            rate = rate.Numerator % 2 == 0 ? rate with { Numerator = rate.Numerator / 2 } : rate with { Denominator = rate.Denominator * 2 };
        }

        return rate;
    }
}

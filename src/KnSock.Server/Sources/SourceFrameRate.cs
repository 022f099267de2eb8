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

        if (lowestCommon is not { } clock || clock.PerSecond < mean.PerSecond * 0.99)
        {
            return NextCommon(mean);
        }

        // Interlaced pictures show the rate of their fields as the clock.
        var areFields = Math.Abs((clock.PerSecond / mean.PerSecond) - 2) < 0.02;
        // A variable rate with a sensible clock is brought to the clock's, which loses no frame.
        return areFields ? mean : clock.PerSecond <= Math.Max(60.01, mean.PerSecond * 1.01) ? clock : NextCommon(mean);
    }

    private static FrameRate NextCommon(FrameRate mean) => Common.FirstOrDefault(r => r.PerSecond >= mean.PerSecond * 0.99, Common[^1]);

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

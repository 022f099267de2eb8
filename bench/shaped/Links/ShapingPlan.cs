using KnSock.Simulation.Links;
using KnSock.Simulation.Traces;

namespace KnSock.Shaped.Links;

/// <summary>Turns a trace into what <c>tc tbf</c> is set to, second by second.</summary>
internal static class ShapingPlan
{
    /// <summary>A whole packet on the device: what a trace and the simulator count, IP and all within, and the header of Ethernet, which the kernel counts, too.</summary>
    public const int LargestPacket = InnerPacket + 14;

    /// <summary>
    /// The rate that stands for an outage; a bucket cannot have none. It passes a packet every 12 s. What waits keeps waiting, as in the simulator, instead of being lost.
    /// </summary>
    public const long OutageBitsPerSecond = 1000;

    private const int InnerPacket = 1500;

    /// <summary>What is let through at once at the most: with less, the kernel's timers cannot keep up with the rate.</summary>
    private const double BurstSeconds = 0.01;

    /// <summary>The steps. Equal intervals in a row are one, for each step gives the bucket a burst for nothing.</summary>
    public static IReadOnlyList<ShapingStep> For(BandwidthTrace trace)
    {
        List<ShapingStep> steps = [];
        for (var first = 0; first < trace.Count;)
        {
            var next = first + 1;
            while (next < trace.Count && trace[next].Kbps == trace[first].Kbps)
            {
                next++;
            }

            steps.Add(StepOf(trace[first].From, trace[next - 1].To - trace[first].From, trace[first].Kbps));
            first = next;
        }

        return steps;
    }

    /// <summary>Bytes that may wait before the bottleneck: what the simulator lets wait, as the kernel counts.</summary>
    public static long LimitFor(BandwidthTrace trace, LinkOptions link) =>
        (long)(Math.Max(link.LeastQueue, trace.MeanKbps * 1000 / 8 * link.Queue.TotalSeconds) * LargestPacket / InnerPacket);

    private static ShapingStep StepOf(TimeSpan from, TimeSpan length, double kbps)
    {
        var bits = kbps * 1000 * LargestPacket / InnerPacket;
        var burst = Math.Max(LargestPacket, (long)(bits / 8 * BurstSeconds));
        // A change of rate fills the bucket; so much is taken off the rate, or a slow link would carry a tenth too much.
        var given = burst * 8 / length.TotalSeconds;
        return new ShapingStep(from, kbps, kbps > 0 ? Math.Max(OutageBitsPerSecond, (long)(bits - given)) : OutageBitsPerSecond, burst);
    }
}

namespace KnSock.Simulation.Traces;

/// <summary>Others on the link: they come and go, and while they are there, take a share of what it carries.</summary>
internal static class CrossTraffic
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    /// <summary>How long they stay, and stay away, on average.</summary>
    private const double MeanSeconds = 3;

    /// <summary>What is left of a trace.</summary>
    /// <param name="trace">The trace.</param>
    /// <param name="share">The share that they take, from 0 to 1.</param>
    /// <param name="seed">When they come and go.</param>
    public static BandwidthTrace On(BandwidthTrace trace, double share, int seed)
    {
        if (share <= 0)
        {
            return trace;
        }

        var random = SeededRandom.For(trace.Name, seed);
        var (starts, kbps) = (new List<TimeSpan>(), new List<double>());
        var (isThere, until) = (false, TimeSpan.Zero);
        for (var at = TimeSpan.Zero; at < trace.Duration; at += Step)
        {
            if (at >= until)
            {
                (isThere, until) = (!isThere, at + TimeSpan.FromSeconds(-Math.Log(1 - random.NextDouble()) * MeanSeconds));
            }

            starts.Add(at);
            kbps.Add(trace.MeanBetween(at, at + Step) * (isThere ? 1 - share : 1));
        }

        return new BandwidthTrace(trace.Name, starts, kbps);
    }
}

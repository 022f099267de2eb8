using KnSock.Simulation.Traces;

namespace KnSock.Shaped;

/// <summary>Which traces are run, and how much of them.</summary>
internal static class TraceChoice
{
    /// <summary>Those that are named, in that order; or the first of each kind of network.</summary>
    /// <exception cref="ShapedException">There is none of a name.</exception>
    public static IReadOnlyList<BandwidthTrace> Choose(IReadOnlyList<BandwidthTrace> all, IReadOnlyList<string> names) => names.Count == 0
        ? [.. all.GroupBy(t => t.Network, StringComparer.Ordinal).Select(g => g.First())]
        :
        [
            .. names.Select(name => all.FirstOrDefault(t => t.Name == name)
                ?? throw new ShapedException($"there is no trace '{name}'; there are {string.Join(", ", all.Select(t => t.Name))}")),
        ];

    /// <summary>The beginning of a trace.</summary>
    public static BandwidthTrace Cut(BandwidthTrace trace, TimeSpan length)
    {
        var intervals = Enumerable.Range(0, trace.Count).Select(i => trace[i]).Where(i => i.From < length).ToList();
        return new BandwidthTrace(trace.Name, [.. intervals.Select(i => i.From)], [.. intervals.Select(i => i.Kbps)]);
    }
}

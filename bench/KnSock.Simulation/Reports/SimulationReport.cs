using KnSock.Simulation.Results;

namespace KnSock.Simulation.Reports;

/// <summary>What came of all runs, summed up and compared.</summary>
internal sealed class SimulationReport
{
    /// <summary>Name of our policy.</summary>
    public const string Ours = "knsock";

    /// <summary>Name of what could have been done at best, knowing all beforehand.</summary>
    public const string Ceiling = "optimum";

    /// <summary>In place of a kind of network: all of them together.</summary>
    public const string AllNetworks = "all";

    private SimulationReport(List<RunResult> runs, IReadOnlyList<double> rungKbps, Quality quality)
    {
        (Runs, RungKbps, Quality) = (runs, rungKbps, quality);
        Settings = [.. runs.Select(r => r.Setting).Distinct().OrderBy(s => s.Regime).ThenBy(s => s.Delay)];
        Summaries = [.. Settings.SelectMany(SummariesOf)];
    }

    /// <summary>By how much more, or less, stalls count in the comparisons.</summary>
    public static IReadOnlyList<double> StallFactors { get; } = [0.5, 1, 2, 4];

    /// <summary>What was run, by trace and policy.</summary>
    public IReadOnlyList<RunResult> Runs { get; }

    /// <summary>Rates of the rungs' pictures, lowest first.</summary>
    public IReadOnlyList<double> RungKbps { get; }

    /// <summary>How good a run was.</summary>
    public Quality Quality { get; }

    /// <summary>The settings, nearest to the live edge first.</summary>
    public IReadOnlyList<Setting> Settings { get; }

    /// <summary>By setting, kind of network (all together first), and quality with the ceiling on top.</summary>
    public IReadOnlyList<Summary> Summaries { get; }

    /// <summary>Sums up and compares.</summary>
    /// <param name="results">Runs in any order; the same runs give the same report.</param>
    /// <param name="quality">How good a run was.</param>
    /// <param name="rungKbps">Rates of the rungs' pictures, lowest first, kbit/s.</param>
    /// <exception cref="ArgumentException">A policy ran twice on one trace in one setting.</exception>
    public static SimulationReport From(IReadOnlyList<RunResult> results, Quality quality, IReadOnlyList<double> rungKbps) =>
        new([.. results.OrderBy(r => r.Trace, StringComparer.Ordinal).ThenBy(r => r.Policy, StringComparer.Ordinal)], rungKbps, quality);

    /// <summary>Kinds of network in a setting, all together first.</summary>
    public IReadOnlyList<string> NetworksOf(Setting setting) =>
    [
        AllNetworks,
        .. Runs.Where(r => r.Setting == setting && r.Network is not AllNetworks).Select(r => r.Network).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
    ];

    /// <summary>The ceiling, then the policies, best first.</summary>
    public IEnumerable<Summary> Of(Setting setting, string network) => Summaries.Where(s => s.Setting == setting && s.Network == network);

    /// <summary>The best policy that is not ours. Null: there is none.</summary>
    public Summary? BestBaseline(Setting setting, string network, double factor = 1) =>
        Of(setting, network).Where(s => s.Policy is not (Ours or Ceiling)).MinBy(s => s.At(factor).Rank);

    private IEnumerable<Summary> SummariesOf(Setting setting) =>
        from network in NetworksOf(setting)
        let runs = Runs.Where(r => r.Setting == setting && (network is AllNetworks || r.Network == network))
        from summary in new SummaryGroup(setting, network, runs, Quality).Summaries()
        select summary;
}

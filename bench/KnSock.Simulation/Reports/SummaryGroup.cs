using KnSock.Simulation.Results;

namespace KnSock.Simulation.Reports;

/// <summary>What was run in one setting on one kind of network, to be summed up and compared.</summary>
internal sealed class SummaryGroup
{
    private readonly Setting _setting;
    private readonly string _network;
    private readonly Quality _quality;
    private readonly Dictionary<string, SortedDictionary<string, RunResult>> _runs = new(StringComparer.Ordinal);

    /// <summary>Takes in what was run.</summary>
    /// <exception cref="ArgumentException">A policy ran twice on one trace.</exception>
    public SummaryGroup(Setting setting, string network, IEnumerable<RunResult> runs, Quality quality)
    {
        (_setting, _network, _quality) = (setting, network, quality);
        foreach (var run in runs)
        {
            if (!_runs.TryGetValue(run.Policy, out var ofPolicy))
            {
                // By name, so that figures do not depend on the order in which runs ended.
                _runs.Add(run.Policy, ofPolicy = new SortedDictionary<string, RunResult>(StringComparer.Ordinal));
            }

            if (!ofPolicy.TryAdd(run.Trace, run))
            {
                throw new ArgumentException($"there are two runs of {run.Policy} on {run.Trace}", nameof(runs));
            }
        }
    }

    /// <summary>A summary of each policy, the ceiling first, then by quality, best first.</summary>
    public IEnumerable<Summary> Summaries() => _runs.Keys
        .Select(Summarize)
        .OrderBy(s => s.Policy is not SimulationReport.Ceiling)
        .ThenByDescending(s => s.Qoe.Mean)
        .ThenBy(s => s.Policy, StringComparer.Ordinal);

    private Summary Summarize(string policy)
    {
        List<RunResult> runs = [.. _runs[policy].Values];
        List<Outcome> outcomes = [.. runs.Select(r => r.Outcome)];
        return new Summary
        {
            Setting = _setting,
            Policy = policy,
            Network = _network,
            Traces = outcomes.Count,
            Qoe = runs is [{ Blocks.Count: > 1 } one]
                ? EstimateOf(_quality.Of(one.Outcome), [one.Blocks], drawn => _quality.Of(drawn[0]))
                : Estimate.Of([.. outcomes.Select(o => _quality.Of(o))]),
            Optimum = OptimumFor(policy, 1),
            StallRatio = outcomes.Average(o => o.StalledSeconds / o.WatchedSeconds),
            StallsPerMinute = outcomes.Average(o => PerMinute(o.Stalls, o)),
            Kbps = outcomes.Average(o => o.MeanKbps),
            Utility = outcomes.Average(o => o.MeanUtility),
            SwitchesPerMinute = outcomes.Average(o => PerMinute(o.Switches, o)),
            LatencyP50Ms = outcomes.Average(o => o.LatencyP50Ms),
            LatencyP95Ms = outcomes.Average(o => o.LatencyP95Ms),
            StartUpMs = outcomes.Average(o => o.StartUpMs),
            ProbeShare = outcomes.Average(o => o.ProbeShare),
            StallFactors = [.. SimulationReport.StallFactors.Select(f => new WeighedStalls(f, MeanQoe(policy, f), Rank(policy, f), Lead(policy, f), OptimumFor(policy, f)))],
        };
    }

    private static double PerMinute(int events, Outcome outcome) => events * 60 / outcome.WatchedSeconds;

    private double? OptimumFor(string policy, double factor) =>
        _runs.TryGetValue(SimulationReport.Ceiling, out var ceiling) && _runs[policy].Keys.All(ceiling.ContainsKey)
            ? _runs[policy].Keys.Average(trace => QoeOf(ceiling[trace], factor))
            : null;

    private double MeanQoe(string policy, double factor) => _runs[policy].Values.Average(r => QoeOf(r, factor));

    private double QoeOf(RunResult run, double factor) => _quality.Of(run.At(factor), factor);

    private int? Rank(string policy, double factor)
    {
        // What is not a number compares as the least.
        var own = MeanQoe(policy, factor);
        return policy is SimulationReport.Ceiling ? null : 1 + _runs.Keys.Count(p => p is not SimulationReport.Ceiling && MeanQoe(p, factor).CompareTo(own) > 0);
    }

    private Estimate? Lead(string policy, double factor)
    {
        if (policy is SimulationReport.Ours || !_runs.TryGetValue(SimulationReport.Ours, out var ours))
        {
            return null;
        }

        List<(RunResult Ours, RunResult Other)> pairs = [.. _runs[policy].Where(o => ours.ContainsKey(o.Key)).Select(o => (ours[o.Key], o.Value))];
        double[] leads = [.. pairs.Select(p => QoeOf(p.Ours, factor) - QoeOf(p.Other, factor))];
        return pairs is [var (own, other)] && own.Blocks.Count == other.Blocks.Count
            ? EstimateOf(leads[0], [own.Blocks, other.Blocks], drawn => _quality.Of(drawn[0], factor) - _quality.Of(drawn[1], factor))
            : leads.Length == 0 ? null : Estimate.Of(leads);
    }

    /// <summary>Of the one trace that there is, from its parts: the same ones of each run.</summary>
    private static Estimate EstimateOf(double value, IReadOnlyList<Block>[] runs, Func<Block[], double> valueOf) =>
        Estimate.Of(value, runs[0].Count, drawn => valueOf([.. runs.Select(blocks => drawn.Aggregate(default(Block), (sum, i) => sum + blocks[i]))]));
}

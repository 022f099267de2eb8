using System.Collections.Concurrent;
using KnSock.Simulation.Media;
using KnSock.Simulation.Policies;
using KnSock.Simulation.Results;
using KnSock.Simulation.Traces;

namespace KnSock.Simulation.Running;

/// <summary>Runs of all policies in all settings over all traces, on all cores. The same arguments give the same results in the same order.</summary>
/// <param name="channel">What is watched.</param>
/// <param name="options">How runs are made.</param>
internal sealed class Simulation(SimulatedChannel channel, RunOptions options)
{
    /// <summary>Makes one run.</summary>
    public delegate RunResult Runner(BandwidthTrace trace, Setting setting);

    /// <summary>What runs a policy.</summary>
    public Runner Of(Policy policy) => (trace, setting) => SimulatedRun.Run(channel, trace, setting, policy, options);

    /// <summary>The best that could have been done.</summary>
    public RunResult Optimum(BandwidthTrace trace, Setting setting) => OptimumRun.Run(channel, trace, setting, options);

    /// <summary>Makes all runs.</summary>
    /// <param name="traces">The traces.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="runners">What makes a run: <see cref="Of"/> a policy, or what computes its result.</param>
    /// <param name="progress">Is told how many runs are done of how many; from any thread. Null: nobody is.</param>
    /// <param name="cancellationToken">Gives up between two runs.</param>
    /// <returns>By runner, then by setting, then by trace.</returns>
    public static IReadOnlyList<RunResult> Run(
        IReadOnlyList<BandwidthTrace> traces, IReadOnlyList<Setting> settings, IReadOnlyList<Runner> runners, Action<int, int>? progress, CancellationToken cancellationToken)
    {
        var perRunner = settings.Count * traces.Count;
        var results = new RunResult[runners.Count * perRunner];
        var done = 0;
        try
        {
            // One after the other and not in blocks, the last runner first: the optimum takes many times as long as a run, and no core is to wait for the last of them.
            var order = Partitioner.Create(Enumerable.Range(0, results.Length).Reverse(), EnumerablePartitionerOptions.NoBuffering);
            Parallel.ForEach(order, new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount }, i =>
            {
                results[i] = runners[i / perRunner](traces[i % traces.Count], settings[i % perRunner / traces.Count]);
                progress?.Invoke(Interlocked.Increment(ref done), results.Length);
            });
        }
        catch (AggregateException e) when (e.InnerExceptions is [var only, ..])
        {
            throw new SimulationException($"a run failed: {only.Message}", only);
        }

        return results;
    }
}

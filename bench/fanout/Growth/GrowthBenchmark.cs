using System.Runtime.CompilerServices;

namespace KnSock.Fanout.Growth;

/// <summary>How costs grow with viewers and channels: the fan-out measurement at one point after another.</summary>
/// <param name="options">Where is measured.</param>
/// <param name="progress">Is told what goes on.</param>
public sealed class GrowthBenchmark(GrowthOptions options, Action<string> progress)
{
    /// <summary>What measures at a point.</summary>
    internal Func<FanoutOptions, CancellationToken, Task<FanoutReport>> Measure { get; init; } =
        (point, cancellationToken) => new FanoutBenchmark(point, _ => { }).RunAsync(cancellationToken);

    /// <summary>Measures. After each point, also one that failed, gives all that there is by then.</summary>
    public async IAsyncEnumerable<GrowthReport> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (points, failures) = (new List<GrowthPoint>(), new List<GrowthFailure>());
        var plan = options.Points();
        for (var i = 0; i < plan.Count; i++)
        {
            progress($"point {i + 1} of {plan.Count}: {GrowthPoint.Describe(plan[i])}");
            var (figures, reason) = await MeasureAsync(plan[i], cancellationToken);
            if (figures is not null)
            {
                points.Add(new GrowthPoint { Idle = plan[i].Idle, Figures = figures });
            }
            else
            {
                failures.Add(new GrowthFailure(GrowthPoint.Describe(plan[i]), reason ?? "no reason known"));
            }

            yield return new GrowthReport { Points = [.. points], Failures = [.. failures] };
        }
    }

    // A point beyond what the machine can do may fail in any way; the others have nothing to do with it.
    private async Task<(FanoutReport? Figures, string? Reason)> MeasureAsync(FanoutOptions point, CancellationToken cancellationToken)
    {
        try
        {
            return (await Measure(point, cancellationToken), null);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, e is FanoutException ? e.Message : $"{e.GetType().Name}: {e.Message}");
        }
    }
}

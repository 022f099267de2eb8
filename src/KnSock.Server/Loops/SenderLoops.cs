using Microsoft.Extensions.Logging;

namespace KnSock.Server.Loops;

/// <summary>A few sender loops, one per core by default, among which viewers are shared out.</summary>
internal sealed class SenderLoops
{
    private readonly SenderLoop[] _loops;

    public SenderLoops(int count, ServerClock clock, ILogger logger) =>
        _loops = [.. Enumerable.Range(0, count).Select(_ => new SenderLoop(clock, logger))];

    /// <summary>The loop that has the fewest members.</summary>
    public SenderLoop Least()
    {
        var least = _loops[0];
        foreach (var loop in _loops)
        {
            least = loop.Count < least.Count ? loop : least;
        }

        return least;
    }

    /// <summary>Runs the loops until cancelled; all their members have ended when it completes.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        for (var i = 0; i < _loops.Length; i++)
        {
            _loops[i].Start(i);
        }

        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(_loops.Select(l => l.StopAsync()));
    }
}

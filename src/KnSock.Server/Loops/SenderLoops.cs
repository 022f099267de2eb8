using Microsoft.Extensions.Logging;

namespace KnSock.Server.Loops;

/// <summary>A few sender loops, at most one per core by default, among which viewers are shared out.</summary>
internal sealed class SenderLoops
{
    private const double BusyBeforeNext = 0.5;

    /// <summary>Members that do nothing yet may all begin at once.</summary>
    private const int MembersBeforeNext = 2000;

    private readonly SenderLoop[] _loops;

    public SenderLoops(int count, ServerClock clock, ILogger logger) =>
        _loops = [.. Enumerable.Range(0, count).Select(_ => new SenderLoop(clock, logger))];

    /// <summary>
    /// The loop for one more member: the first that is not half busy, otherwise the least busy. Viewers that are together on one loop are served in one go; those on two loops
    /// wake two threads for it, and take the cores from the encoders.
    /// </summary>
    public SenderLoop Choose()
    {
        var least = _loops[0];
        foreach (var loop in _loops)
        {
            if (loop.Count < MembersBeforeNext && loop.BusyShare < BusyBeforeNext)
            {
                return loop;
            }

            least = loop.BusyShare < least.BusyShare ? loop : least;
        }

        return least;
    }

    /// <summary>Looks at all members of all loops.</summary>
    /// <param name="look">What is seen of a member, on its loop's thread. Null: nothing.</param>
    public async Task<IReadOnlyList<T>> CollectAsync<T>(Func<LoopMember, T?> look)
        where T : class => [.. (await Task.WhenAll(_loops.Select(l => l.CollectAsync(look)))).SelectMany(l => l)];

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

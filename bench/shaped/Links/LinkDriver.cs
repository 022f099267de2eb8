using System.Diagnostics;

namespace KnSock.Shaped.Links;

/// <summary>Has a link carry what a trace says, from the moment at which the viewer begins to connect.</summary>
/// <param name="link">The link.</param>
/// <param name="steps">The trace.</param>
/// <param name="limit">Bytes that may wait.</param>
internal sealed class LinkDriver(ShapedLink link, IReadOnlyList<ShapingStep> steps, long limit)
{
    /// <summary>How late a change was at the most.</summary>
    public TimeSpan Latest { get; private set; }

    /// <summary>Sets the first step, so that it holds before anybody connects.</summary>
    public Task BeginAsync() => link.SetAsync(steps[0], limit);

    /// <summary>Waits for the viewer, then goes through the trace; returns at its end, which leaves the last step as it is.</summary>
    /// <param name="length">The trace's length.</param>
    /// <param name="within">For how long to wait for the viewer.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ShapedException">No viewer came.</exception>
    public async Task RunAsync(TimeSpan length, TimeSpan within, CancellationToken cancellationToken)
    {
        try
        {
            await link.FirstFromViewer.WaitAsync(within, cancellationToken);
        }
        catch (TimeoutException e)
        {
            throw new ShapedException($"the viewer did not connect within {within.TotalSeconds:0} s", e);
        }

        var start = Stopwatch.GetTimestamp();
        foreach (var step in steps.Skip(1))
        {
            await WaitAsync(start, step.At, cancellationToken);
            await link.SetAsync(step, limit);
            var late = Stopwatch.GetElapsedTime(start) - step.At;
            Latest = late > Latest ? late : Latest;
        }

        await WaitAsync(start, length, cancellationToken);
    }

    private static async Task WaitAsync(long start, TimeSpan until, CancellationToken cancellationToken)
    {
        if (until - Stopwatch.GetElapsedTime(start) is var left && left > TimeSpan.Zero)
        {
            await Task.Delay(left, cancellationToken);
        }
    }
}

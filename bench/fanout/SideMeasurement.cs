using KnSock.Fanout.Load;
using KnSock.Fanout.Processes;

namespace KnSock.Fanout;

/// <summary>Brings the viewers to one side, the server or the yardstick, and measures it.</summary>
/// <param name="options">What is measured.</param>
/// <param name="target">What the viewers connect to.</param>
/// <param name="process">The process that sends.</param>
internal sealed class SideMeasurement(FanoutOptions options, LoadTarget target, Child process)
{
    private const int MemorySteps = 10;
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    /// <summary>Measures.</summary>
    /// <exception cref="FanoutException">The viewers do not get a stream.</exception>
    public async Task<SideResult> RunAsync(CancellationToken cancellationToken)
    {
        await using var load = new LoadGenerator(target);
        var isServer = target.LoopLength is null;
        await RampAsync(load, isServer, cancellationToken);
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var churn = new Churn(load, isServer ? options.Churn : 0, leaving.Token);
        await WaitForAllAsync(load, cancellationToken);

        var result = await MeasureAsync(load, cancellationToken);
        await leaving.CancelAsync();
        process.ThrowIfEnded();
        if (!isServer)
        {
            return result;
        }

        var (joins, faults) = await ProbeAsync(cancellationToken);
        return result with
        {
            GrantedSeconds = await load.GrantedSecondsAsync(),
            RenditionNames = [.. (await load.CatalogAsync())?.Channels[0].Renditions.Select(r => r.Name) ?? []],
            ProbeJoinMs = joins,
            ProbeFaults = faults,
        };
    }

    private async Task RampAsync(LoadGenerator load, bool isServer, CancellationToken cancellationToken)
    {
        await load.RampAsync(ViewerRole.Steady, options.Viewers, options.RampPerSecond, cancellationToken);
        if (isServer)
        {
            await load.RampAsync(ViewerRole.Slow, options.Slow, options.RampPerSecond, cancellationToken);
            await load.RampAsync(ViewerRole.Stuck, options.Stuck, options.RampPerSecond, cancellationToken);
            await load.RampAsync(ViewerRole.Idle, options.Idle, options.RampPerSecond, cancellationToken);
        }
    }

    private async Task WaitForAllAsync(LoadGenerator load, CancellationToken cancellationToken)
    {
        var deadline = Clock.Now + (long)Patience.TotalMicroseconds;
        for (; ; await Task.Delay(Poll, cancellationToken))
        {
            process.ThrowIfEnded();
            var (missing, fault) = await load.MissingAsync();
            if (fault is not null || (missing > 0 && Clock.Now > deadline))
            {
                throw new FanoutException(fault is not null
                    ? $"a viewer got no stream: {fault}"
                    : $"{missing} of {options.AllViewers} viewers had no stream after {Patience.TotalSeconds:0} s");
            }

            if (missing == 0)
            {
                await Task.Delay(Settling, cancellationToken);
                return;
            }
        }
    }

    private async Task<SideResult> MeasureAsync(LoadGenerator load, CancellationToken cancellationToken)
    {
        await load.BeginAsync();
        var (start, before, ownBefore) = (Clock.Now, ProcessFigures.Of(process.Id), Environment.CpuUsage.TotalTime);
        var allocatedBefore = process.Allocated;
        var sampling = SampleMemoryAsync(cancellationToken);
        await HoldStuckAsync(load, cancellationToken);
        var memory = await sampling;
        await load.EndAsync();
        var allocated = process.Allocated;
        var (end, after, ownAfter) = (Clock.Now, ProcessFigures.Of(process.Id), Environment.CpuUsage.TotalTime);

        var groups = new Dictionary<ViewerRole, GroupFigures>();
        foreach (var role in Enum.GetValues<ViewerRole>())
        {
            groups[role] = await load.FiguresAsync(role);
        }

        return new SideResult
        {
            Seconds = (end - start) / 1e6,
            CpuSeconds = after.CpuSecondsSince(before),
            LoadCpuSeconds = (ownAfter - ownBefore).TotalSeconds,
            ContextSwitches = after.ContextSwitchesSince(before),
            ResidentKiB = memory,
            AllocatedBytes = allocated?.Bytes - allocatedBefore?.Bytes,
            Collections = allocated?.Collections - allocatedBefore?.Collections,
            Groups = groups,
        };
    }

    /// <summary>Lets the measured time pass and looks at the memory meanwhile, at the start, at the end and nine times in between.</summary>
    private async Task<IReadOnlyList<long>> SampleMemoryAsync(CancellationToken cancellationToken)
    {
        var start = Clock.Now;
        List<long> samples = [ProcessFigures.ResidentKiBOf(process.Id)];
        for (var i = 1; i <= MemorySteps; i++)
        {
            var due = start + (long)(options.Duration.TotalMicroseconds * i / MemorySteps);
            await Task.Delay(TimeSpan.FromMicroseconds(Math.Max(0, due - Clock.Now)), cancellationToken);
            samples.Add(ProcessFigures.ResidentKiBOf(process.Id));
        }

        return samples;
    }

    /// <summary>In the middle of the measured time viewers get stuck for 10 s, or for half of it.</summary>
    private async Task HoldStuckAsync(LoadGenerator load, CancellationToken cancellationToken)
    {
        if (options.Stuck == 0 || target.LoopLength is not null)
        {
            return;
        }

        var held = TimeSpan.FromSeconds(Math.Min(10, options.Duration.TotalSeconds / 2));
        await Task.Delay((options.Duration - held) / 2, cancellationToken);
        await load.HoldAsync(ViewerRole.Stuck, isHeld: true);
        await Task.Delay(held, cancellationToken);
        await load.HoldAsync(ViewerRole.Stuck, isHeld: false);
    }

    /// <summary>On a thread of their own: the others' would have them wait behind a thousand sockets.</summary>
    private async Task<(IReadOnlyList<double> JoinMs, IReadOnlyList<string> Faults)> ProbeAsync(CancellationToken cancellationToken)
    {
        await using var load = new LoadGenerator(target);
        var (joins, faults) = (new List<double>(), new List<string>());
        for (var i = 0; i < options.Probes; i++)
        {
            var viewer = await load.AddAsync(ViewerRole.Probe);
            var deadline = Clock.Now + (long)Patience.TotalMicroseconds;
            var (joined, fault) = (default(long?), default(string));
            while (joined is null && fault is null)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(5), cancellationToken);
                (joined, fault) = await load.AskAsync(() => (viewer.JoinTime, viewer.Fault));
                fault ??= Clock.Now > deadline ? "no picture came" : null;
            }

            if (joined is { } time)
            {
                joins.Add(time / 1000.0);
            }
            else
            {
                faults.Add($"joining while the others ran: {fault}");
            }

            await load.RemoveAsync(viewer, isForgotten: true);
            await Task.Delay(TimeSpan.FromMilliseconds(20), cancellationToken);
        }

        return (joins, faults);
    }
}

using KnSock.Fanout.Load;
using KnSock.Fanout.Processes;

namespace KnSock.Fanout;

/// <summary>Brings the viewers to one side, the server or the yardstick, and measures it.</summary>
/// <param name="options">What is measured.</param>
/// <param name="target">What the viewers connect to.</param>
/// <param name="process">The process that sends.</param>
internal sealed class SideMeasurement(FanoutOptions options, LoadTarget target, Child process)
{
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
        return !isServer ? result : result with
        {
            GrantedSeconds = await load.GrantedSecondsAsync(),
            RenditionNames = [.. (await load.CatalogAsync())?.Channels[0].Renditions.Select(r => r.Name) ?? []],
            ProbeJoinMs = await ProbeAsync(cancellationToken),
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
        await PassAsync(load, cancellationToken);
        await load.EndAsync();
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
            ContextSwitches = after.ContextSwitches - before.ContextSwitches,
            ResidentKiB = after.ResidentKiB,
            Groups = groups,
        };
    }

    /// <summary>Lets the measured time pass; in its middle viewers get stuck for 10 s, or for half of it.</summary>
    private async Task PassAsync(LoadGenerator load, CancellationToken cancellationToken)
    {
        if (options.Stuck == 0 || target.LoopLength is not null)
        {
            await Task.Delay(options.Duration, cancellationToken);
            return;
        }

        var held = TimeSpan.FromSeconds(Math.Min(10, options.Duration.TotalSeconds / 2));
        await Task.Delay((options.Duration - held) / 2, cancellationToken);
        await load.HoldAsync(ViewerRole.Stuck, isHeld: true);
        await Task.Delay(held, cancellationToken);
        await load.HoldAsync(ViewerRole.Stuck, isHeld: false);
        await Task.Delay((options.Duration - held) / 2, cancellationToken);
    }

    /// <summary>On a thread of their own: the others' would have them wait behind a thousand sockets.</summary>
    private async Task<IReadOnlyList<double>> ProbeAsync(CancellationToken cancellationToken)
    {
        await using var load = new LoadGenerator(target);
        var joins = new List<double>();
        for (var i = 0; i < options.Probes; i++)
        {
            var viewer = await load.AddAsync(ViewerRole.Probe);
            var deadline = Clock.Now + (long)Patience.TotalMicroseconds;
            while (await load.AskAsync(() => viewer.HasJoined ? null : viewer.Fault ?? string.Empty) is { } fault)
            {
                if (fault.Length > 0 || Clock.Now > deadline)
                {
                    throw new FanoutException($"a viewer could not join while the others ran: {(fault.Length > 0 ? fault : "no picture came")}");
                }

                await Task.Delay(TimeSpan.FromMilliseconds(5), cancellationToken);
            }

            joins.Add(await load.AskAsync(() => viewer.JoinTime!.Value / 1000.0));
            await load.RemoveAsync(viewer, isForgotten: true);
            await Task.Delay(TimeSpan.FromMilliseconds(20), cancellationToken);
        }

        return joins;
    }
}

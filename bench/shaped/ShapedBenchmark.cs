using System.Globalization;
using KnSock.Fanout;
using KnSock.Shaped.Hls;
using KnSock.Shaped.Links.Spaces;
using KnSock.Shaped.Media;
using KnSock.Shaped.Results;
using KnSock.Shaped.Viewers;
using KnSock.Simulation;
using KnSock.Simulation.Results;
using KnSock.Simulation.Traces;

namespace KnSock.Shaped;

/// <summary>How a real viewer of a real server fares over links that carry what traces say, beside what the simulator predicts and beside hls.js.</summary>
/// <param name="options">What is measured.</param>
/// <param name="progress">Is told what goes on.</param>
public sealed class ShapedBenchmark(ShapedOptions options, Action<string> progress)
{
    /// <summary>HLS beyond the length of a run: a broadcast runs before the viewer comes, and goes on while it says how it went.</summary>
    private static readonly TimeSpan MoreHls = HlsOrigin.Before + TimeSpan.FromSeconds(40);

    private readonly Lock _gate = new();

    /// <summary>Measures.</summary>
    /// <exception cref="ShapedException">It cannot be measured here.</exception>
    public async Task<ShapedReport> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await MeasureAsync(cancellationToken);
        }
        catch (Exception e) when (e is FanoutException or SimulationException)
        {
            throw new ShapedException(e.Message, e);
        }
    }

    private async Task<ShapedReport> MeasureAsync(CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new ShapedException("links can be shaped on Linux only");
        }

        var traces = TraceChoice.Choose(TraceFile.ReadFolder(options.TracesFolder), options.Traces).Select(t => TraceChoice.Cut(t, options.Duration)).ToList();
        var browser = options.HlsJsPath is null ? null : HlsJsViewer.FindBrowser();
        await TryLinkAsync();
        progress("preparing the video: its rungs, their sizes, and HLS if wanted (some minutes the first time)");
        var media = await ShapedMedia.PrepareAsync(options.KnSock, options.Loop, browser is null ? null : options.Duration + MoreHls, cancellationToken);
        progress("asking the simulator");
        var runs = Settings().SelectMany(s => traces.Select(t => new PlannedRun(t, s))).ToList();
        var prediction = new Prediction(media, options.RoundTrip);
        Parallel.ForEach(runs, new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount }, r => r.Predicted = prediction.Of(r.Trace, r.Setting));

        await MakeAsync(runs, media, browser, cancellationToken);
        var results = runs.ConvertAll(r => r.Result());
        return new ShapedReport
        {
            Seconds = options.Duration.TotalSeconds,
            RoundTripMs = options.RoundTrip.TotalMilliseconds,
            Congestion = options.Congestion,
            Rungs = media.Kbps,
            Runs = results,
            All = [.. results.GroupBy(r => r.Regime, StringComparer.Ordinal).Select(g => ShapedRun.Mean([.. g]))],
        };
    }

    private List<Setting> Settings()
    {
        List<Setting> settings = [];
        if (options.ReadsAhead)
        {
            settings.Add(new Setting(Regime.ReadAhead, options.ReadAhead));
        }

        if (options.IsLive)
        {
            settings.Add(new Setting(Regime.Live, options.LiveDelay));
        }

        return settings;
    }

    /// <summary>What is missing is said before anything is encoded.</summary>
    private async Task TryLinkAsync()
    {
        try
        {
            await NetworkSpace.SweepAsync();
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            throw new ShapedException($"there are no network namespaces here (it takes Linux, root or CAP_NET_ADMIN, and ip): {e.Message.Trim()}", e);
        }

        await using var trial = await Links.ShapedLink.CreateAsync(options.RoundTrip, options.Congestion);
    }

    private async Task MakeAsync(List<PlannedRun> runs, ShapedMedia media, string? browser, CancellationToken cancellationToken)
    {
        var jobs = new List<(PlannedRun Run, string Viewer, Func<string, Task> Make)>();
        foreach (var run in runs)
        {
            jobs.Add((run, "knsock", async logs => run.KnSock = await new KnSockViewer(options, media).RunAsync(run.Trace, run.Setting, logs, cancellationToken)));
            if (browser is not null)
            {
                jobs.Add((run, "hlsjs", async logs => run.HlsJs = await new HlsJsViewer(options, media, browser).RunAsync(run.Trace, run.Setting, logs, cancellationToken)));
            }
        }

        var begun = 0;
        var limits = new ParallelOptions { MaxDegreeOfParallelism = options.AtATime, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(jobs, limits, async (job, _) =>
        {
            Say($"{Interlocked.Increment(ref begun)} of {jobs.Count}: {job.Viewer} {job.Run.Name}");
            var scratch = Directory.CreateTempSubdirectory("knsock-shaped-");
            try
            {
                var logs = options.LogFolder is { } kept ? Directory.CreateDirectory(Path.Combine(kept, job.Run.Name, job.Viewer)).FullName : scratch.FullName;
                await job.Make(logs);
            }
            catch (Exception e) when (e is ShapedException or FanoutException or IOException or InvalidOperationException)
            {
                // The other runs are worth having.
                lock (_gate)
                {
                    job.Run.Failures.Add($"{job.Viewer}: {e.Message}");
                }

                Say($"{job.Viewer} {job.Run.Name} failed: {e.Message}");
            }
            finally
            {
                scratch.Delete(recursive: true);
            }
        });
    }

    private void Say(string what)
    {
        lock (_gate)
        {
            progress(what);
        }
    }

    /// <summary>A run and what became of it.</summary>
    private sealed class PlannedRun(BandwidthTrace trace, Setting setting)
    {
        public BandwidthTrace Trace => trace;

        public Setting Setting => setting;

        public string Regime => setting.Regime == Simulation.Results.Regime.Live ? "live" : "readahead";

        public string Name => string.Create(CultureInfo.InvariantCulture, $"{trace.Name}-{Regime}-{setting.Delay.TotalMilliseconds:0}");

        public IReadOnlyList<ViewerFigures> Predicted { get; set; } = [];

        public MeasuredViewer? KnSock { get; set; }

        public MeasuredViewer? HlsJs { get; set; }

        public List<string> Failures { get; } = [];

        public ShapedRun Result() => new()
        {
            Trace = trace.Name,
            Regime = Regime,
            DelayMs = setting.Delay.TotalMilliseconds,
            CapacityKbps = trace.MeanKbps,
            Simulated = ViewerFigures.Mean(Predicted),
            SimulatedStallRatios = [Predicted.Min(p => p.StallRatio), Predicted.Max(p => p.StallRatio)],
            SimulatedKbps = [Predicted.Min(p => p.Kbps), Predicted.Max(p => p.Kbps)],
            KnSock = KnSock?.Figures,
            HlsJs = HlsJs?.Figures,
            MachineBusy = Math.Max(KnSock?.MachineBusy ?? 0, HlsJs?.MachineBusy ?? 0),
            Failures = Failures,
        };
    }
}

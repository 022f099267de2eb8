using System.Globalization;
using System.Text.Json;
using KnSock.Fanout.Processes;
using KnSock.Shaped.Links;
using KnSock.Shaped.Media;
using KnSock.Shaped.Results;
using KnSock.Simulation.Links;
using KnSock.Simulation.Results;
using KnSock.Simulation.Traces;

namespace KnSock.Shaped.Viewers;

/// <summary>Runs <c>knsock serve</c> and <c>knsock play</c> at the two ends of a link.</summary>
/// <param name="options">What is measured.</param>
/// <param name="media">What is watched.</param>
internal sealed class KnSockViewer(ShapedOptions options, ShapedMedia media)
{
    private const int Port = 8000;
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ConnectsWithin = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(20);

    /// <summary>Makes one run.</summary>
    /// <param name="trace">What the link carries; its length is that of the run.</param>
    /// <param name="setting">How far ahead the viewer is sent.</param>
    /// <param name="logs">Folder for logs.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<MeasuredViewer> RunAsync(BandwidthTrace trace, Setting setting, string logs, CancellationToken cancellationToken)
    {
        await using var link = await ShapedLink.CreateAsync(options.RoundTrip, options.Congestion);
        string[] serve =
        [
            .. link.OnServer, .. options.KnSock, "serve", $"{Port}", media.VideoPath, .. media.ServerOptions,
            "--encoding", "fill=none", "--decision-log", Path.Combine(logs, "decisions.jsonl"),
        ];
        await using var server = Child.Start("the server", serve, Path.Combine(logs, "server.log"));
        await server.WaitForLineAsync("ready ", ReadyWithin, cancellationToken);

        var driver = new LinkDriver(link, ShapingPlan.For(trace), ShapingPlan.LimitFor(trace, new LinkOptions()));
        await driver.BeginAsync();
        string[] play = [.. link.OnViewer, .. options.KnSock, "play", $"{ShapedLink.ServerAddress}:{Port}", "--headless", "--json", .. PlayOptions(setting)];
        await using var player = Child.Start("the viewer", play, Path.Combine(logs, "play.log"));
        var load = new MachineLoad(player.Id);
        await driver.RunAsync(trace.Duration, ConnectsWithin, cancellationToken);
        var (cores, busy) = (load.Cores, load.Busy);
        server.ThrowIfEnded();
        await Child.RunAsync("ending the viewer", ["sh", "-c", $"kill -TERM {player.Id}"], cancellationToken);
        var line = await player.WaitForLineAsync("{", EndsWithin, cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(logs, "play.json"), line, cancellationToken);
        using var json = JsonDocument.Parse(line);
        return new MeasuredViewer(FiguresReading.OfPlay(json.RootElement, media.Kbps, trace.Duration.TotalSeconds) with { Cores = cores }, busy);
    }

    /// <summary>What makes a client do what <see cref="KnSock.Simulation.Running.SimulatedRun"/> has it do.</summary>
    internal static IReadOnlyList<string> PlayOptions(Setting setting)
    {
        var ms = setting.Delay.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture);
        return setting.Regime == Regime.Live
            ? ["--max-buffer", "0s", "--video-buffer", ms, "--audio-buffer", ms, "--max-target-delay", ms]
            : ["--max-buffer", $"{ms}ms"];
    }
}

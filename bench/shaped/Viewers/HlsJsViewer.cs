using System.Globalization;
using System.Text.Json;
using KnSock.Fanout.Processes;
using KnSock.Shaped.Hls;
using KnSock.Shaped.Links;
using KnSock.Shaped.Media;
using KnSock.Shaped.Results;
using KnSock.Simulation.Links;
using KnSock.Simulation.Results;
using KnSock.Simulation.Traces;

namespace KnSock.Shaped.Viewers;

/// <summary>Runs a web server with HLS and a browser with hls.js at the two ends of a link.</summary>
/// <param name="options">What is measured.</param>
/// <param name="media">What is watched.</param>
/// <param name="browser">The browser: Chromium or one made of it.</param>
internal sealed class HlsJsViewer(ShapedOptions options, ShapedMedia media, string browser)
{
    private const int Port = 8080;
    private static readonly TimeSpan ConnectsWithin = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(30);
    private static readonly string[] Browsers = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

    // A browser that asks for nothing but what the page asks for, as root and without a display, and that begins to play by itself.
    private static readonly string[] Flags =
    [
        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
        "--disable-dev-shm-usage", "--disable-extensions", "--disable-features=LocalNetworkAccessChecks", "--autoplay-policy=no-user-gesture-required", "--window-size=1300,800",
    ];

    /// <summary>A browser that is here.</summary>
    /// <exception cref="ShapedException">There is none.</exception>
    public static string FindBrowser() =>
        (from folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
         from name in Browsers
         select Path.Combine(folder, name)).FirstOrDefault(File.Exists)
        ?? throw new ShapedException($"hls.js needs a browser, and there is none of {string.Join(", ", Browsers)} here (apt-get install chromium)");

    /// <summary>Makes one run.</summary>
    /// <param name="trace">What the link carries; its length is that of the run.</param>
    /// <param name="setting">How far ahead it may hold media; at the live edge hls.js goes by its own rules.</param>
    /// <param name="logs">Folder for logs.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<MeasuredViewer> RunAsync(BandwidthTrace trace, Setting setting, string logs, CancellationToken cancellationToken)
    {
        using var folder = new WorkFolder();
        await WritePageAsync(folder, cancellationToken);
        await using var link = await ShapedLink.CreateAsync(options.RoundTrip, options.Congestion);
        await using var origin = await HlsOrigin.StartAsync(media.Hls!, link.ListenOnServer(Port));
        var driver = new LinkDriver(link, ShapingPlan.For(trace), ShapingPlan.LimitFor(trace, new LinkOptions()));
        await driver.BeginAsync();
        string[] line = [.. link.OnViewer, browser, .. Flags, $"--user-data-dir={folder.File("profile")}", PageAddress(folder.File("player.html"), trace, setting)];
        await using var viewer = Child.Start("the browser", line, Path.Combine(logs, "browser.log"));
        var load = new MachineLoad(viewer.Id);
        await driver.RunAsync(trace.Duration, ConnectsWithin, cancellationToken);
        var (cores, busy) = (load.Cores, load.Busy);
        // What it posts is not to wait behind what it had asked for.
        await link.LiftAsync();
        var text = await FiguresAsync(origin, cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(logs, "hlsjs.json"), text, cancellationToken);
        using var json = JsonDocument.Parse(text);
        var byHeight = media.Sizes.Rungs.ToDictionary(r => r.Height, r => r.BitsPerSecond / 1000.0);
        return new MeasuredViewer(FiguresReading.OfPage(json.RootElement, byHeight, trace.Duration.TotalSeconds) with { Cores = cores }, busy);
    }

    private static async Task<string> FiguresAsync(HlsOrigin origin, CancellationToken cancellationToken)
    {
        try
        {
            return await origin.Figures.WaitAsync(EndsWithin, cancellationToken);
        }
        catch (TimeoutException e)
        {
            throw new ShapedException("the page with hls.js did not say how it went", e);
        }
    }

    private static string PageAddress(string page, BandwidthTrace trace, Setting setting) => string.Create(
        CultureInfo.InvariantCulture,
        $"file://{page}?origin=http://{ShapedLink.ServerAddress}:{Port}&kind={(setting.Regime == Regime.Live ? "live" : "vod")}&seconds={trace.Duration.TotalSeconds}&ahead={setting.Delay.TotalSeconds}");

    private async Task WritePageAsync(WorkFolder folder, CancellationToken cancellationToken)
    {
        foreach (var name in new[] { "player.html", "player.js" })
        {
            await using var from = typeof(HlsJsViewer).Assembly.GetManifestResourceStream(name)!;
            await using var to = File.Create(folder.File(name));
            await from.CopyToAsync(to, cancellationToken);
        }

        File.Copy(options.HlsJsPath!, folder.File("hls.min.js"));
    }
}

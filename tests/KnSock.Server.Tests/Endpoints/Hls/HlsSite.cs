using System.Net;
using KnSock.Server.Diagnostics;
using KnSock.Server.Endpoints.Hls;
using KnSock.Server.Sessions;
using KnSock.Server.Tests.Sessions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace KnSock.Server.Tests.Endpoints.Hls;

/// <summary>A channel of fakes on virtual time, over HLS on a real web server.</summary>
internal sealed class HlsSite : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly ServerMetrics _metrics = new(factory: null);
    private readonly CancellationTokenSource _stopping = new();

    private HlsSite(double seconds)
    {
        Channel = new FakeChannel(seconds);
        var context = new SessionContext
        {
            Channels = [Channel.Channel],
            Catalog = new CatalogLine([Channel.Channel], Channel.CatalogChanged),
            Clock = Channel.Clock,
            Metrics = _metrics,
            Logger = NullLogger.Instance,
            MaxBuffer = TimeSpan.FromSeconds(4),
            LargestBatch = FakeChannel.LargestBatch,
            NoProgressTimeout = TimeSpan.FromSeconds(10),
            Decisions = null,
        };
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _application = builder.Build();
        _application.UseRouting();
        new HlsEndpoints(() => IsRunning ? context : null, _stopping.Token).Map(_application.MapGroup("/live/hls/{channel}"));
    }

    public FakeChannel Channel { get; }

    public bool IsRunning { get; set; } = true;

    public HttpClient Client { get; } = new();

    /// <summary>Starts it; the live edge is there already.</summary>
    public static async Task<HlsSite> StartAsync(double liveSeconds, double loopSeconds = 10)
    {
        var site = new HlsSite(loopSeconds);
        site.Channel.Time.Advance(TimeSpan.FromSeconds(liveSeconds));
        await site._application.StartAsync();
        site.Client.BaseAddress = new Uri(site._application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First() + "/live/hls/");
        return site;
    }

    public Task<HttpResponseMessage> GetAsync(string path) => Client.GetAsync(new Uri(path, UriKind.Relative));

    public async Task<HttpStatusCode> StatusAsync(string path)
    {
        using var response = await GetAsync(path);
        return response.StatusCode;
    }

    /// <summary>The lines of a playlist.</summary>
    public async Task<string[]> LinesAsync(string path)
    {
        using var response = await GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return (await response.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Lets time pass until something is done; gives the time that it took.</summary>
    public async Task<TimeSpan> UntilAsync(Func<bool> isDone, double stepMs = 10)
    {
        var start = Channel.Time.Now;
        await Eventually.TrueAsync(() =>
        {
            if (!isDone())
            {
                Channel.Time.Advance(TimeSpan.FromMilliseconds(stepMs));
            }

            return isDone();
        });
        return Channel.Time.Now - start;
    }

    /// <summary>Ends the waits, as a host does that stops.</summary>
    public Task StopWaitingAsync() => _stopping.CancelAsync();

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        Client.Dispose();
        await _application.DisposeAsync();
        await Channel.DisposeAsync();
        _metrics.Dispose();
        _stopping.Dispose();
    }
}

using System.Net.Sockets;
using KnSock.Cli.Output;
using KnSock.Server;
using KnSock.Server.Endpoints.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.OpenApi;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace KnSock.Cli.Serving;

/// <summary>The web endpoint of a server that runs by itself: Kestrel and nothing that its environment could change, but for where metrics are sent.</summary>
internal sealed class WebServer : IAsyncDisposable
{
    private const string MetricsPath = "/metrics";
    private const int LongestBody = 64 * 1024;

    /// <summary>Where OpenTelemetry sends metrics, as its specification names it.</summary>
    private const string OtlpEndpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private readonly WebApplication _application;

    private WebServer(WebApplication application) => _application = application;

    /// <summary>The port that is held.</summary>
    public int Port => new Uri(_application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;

    /// <summary>Opens the port.</summary>
    /// <param name="server">The server, which runs already.</param>
    /// <param name="port">Port; 0 takes a free one.</param>
    /// <param name="options">What is offered, and to whom.</param>
    /// <param name="log">Where it logs.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">The port is taken, or may not be used.</exception>
    public static async Task<WebServer> StartAsync(LiveStreamServer server, int port, KnSockHttpOptions options, LogWriter log, CancellationToken cancellationToken)
    {
        var application = Build(server, port, log);
        var access = new AdminAccess(options);
        application.Use((context, next) => context.Request.Path == MetricsPath && !access.Allows(context) ? Refuse(context) : next(context));
        application.UseRouting();
        application.MapPrometheusScrapingEndpoint(MetricsPath);
        application.MapOpenApi("/openapi.json");
        application.MapKnSock(options: options);
        try
        {
            await application.StartAsync(cancellationToken);
            return new WebServer(application);
        }
        catch (Exception e)
        {
            await application.DisposeAsync();
            throw e is SocketException ? new IOException(e.Message, e) : e;
        }
    }

    /// <summary>Closes the port; what is under way is cut off when the time is up.</summary>
    public async Task StopAsync(CancellationToken cancellationToken) => await _application.StopAsync(cancellationToken);

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private static WebApplication Build(LiveStreamServer server, int port, LogWriter log)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.AddProvider(log).AddFilter("Microsoft", LogLevel.None);
        builder.Services.AddRoutingCore().AddSingleton(server).AddOpenApi(description => description.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo { Title = "KnSock", Version = VersionText.Number };
            document.Servers = [];
            return Task.CompletedTask;
        }));
        builder.Services.AddOpenTelemetry().ConfigureResource(resource => resource.AddService("knsock", serviceVersion: VersionText.Number)).WithMetrics(metrics =>
        {
            metrics.AddMeter("KnSock.Server", "System.Runtime").AddPrometheusExporter();
            if (Environment.GetEnvironmentVariable(OtlpEndpoint) is { Length: > 0 })
            {
                metrics.AddOtlpExporter();
            }
        });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            Limit(kestrel.Limits, server.Options);
            kestrel.Listen(server.Address!, port, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                if (server.Certificate is { } certificate)
                {
                    listen.UseHttps(new TlsHandshakeCallbackOptions
                    {
                        OnConnection = _ => ValueTask.FromResult(certificate.ForConnection()),
                        HandshakeTimeout = server.Options.HandshakeTimeout,
                    });
                }
            });
        });
        if (server.Certificate is not null)
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
        }

        return builder.Build();
    }

    /// <summary>What the three ports allow, here as well: how long one may take to say what it wants, and how many may come.</summary>
    private static void Limit(KestrelServerLimits limits, LiveStreamServerOptions options)
    {
        limits.RequestHeadersTimeout = options.HandshakeTimeout;
        limits.KeepAliveTimeout = options.IdleTimeout;
        limits.MaxRequestBodySize = LongestBody;
        limits.MaxConcurrentConnections = options.MaxPendingConnections + options.MaxSessions;
        limits.MaxConcurrentUpgradedConnections = options.MaxPendingConnections + options.MaxSessions;
    }

    private static Task Refuse(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        return context.Response.WriteAsync("metrics take the admin token, or a program on the server's own machine", context.RequestAborted);
    }
}

using System.Net.Sockets;
using KnSock.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace KnSock.Cli.Serving;

/// <summary>The web endpoint of a server that runs by itself: Kestrel and nothing that its environment could change.</summary>
internal sealed class WebServer : IAsyncDisposable
{
    private readonly WebApplication _application;

    private WebServer(WebApplication application) => _application = application;

    /// <summary>The port that is held.</summary>
    public int Port => new Uri(_application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;

    /// <summary>Opens the port.</summary>
    /// <param name="server">The server, which runs already.</param>
    /// <param name="port">Port; 0 takes a free one.</param>
    /// <param name="log">Where it logs.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">The port is taken, or may not be used.</exception>
    public static async Task<WebServer> StartAsync(LiveStreamServer server, int port, ILoggerProvider log, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.AddProvider(log).AddFilter("Microsoft", LogLevel.None);
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(server);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(server.Address!, port, listen => listen.Protocols = HttpProtocols.Http1);
        });
        var application = builder.Build();
        application.UseRouting();
        application.MapKnSock();
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
}
